// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  RegExpReplaceIn,
  RegExpSearchIn,
  RegExpTest,
} from '../base/patterns.js';
import {
  ArrayPrototypeJoin,
  GlobalRegExp,
  StringPrototypeIncludes,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { REDACTED } from './secret-names.js';

/** What is a secret by its own form, wherever it stands. */
export function redactForms(text: string): string {
  let result = text;
  if (StringPrototypeIncludes(result, '-----BEGIN')) {
    result = RegExpReplaceIn(result, PRIVATE_KEY, REDACTED);
  }
  if (StringPrototypeIncludes(result, '://')) {
    result = RegExpReplaceIn(result, URL_LIKE, redactUserInfo);
  }
  if (StringPrototypeIncludes(result, '@')) {
    result = RegExpReplaceIn(result, ORACLE, `$1${REDACTED}@`);
    result = RegExpReplaceIn(result, USER_AT_HOST, redactUserAtHost);
  }
  result = RegExpReplaceIn(result, SCHEME_AND_FIELDS, `$1${REDACTED}`);
  result = RegExpReplaceIn(result, SCHEME_AND_SECRET, redactScheme);
  result = RegExpReplaceIn(result, JSON_WEB_TOKEN, REDACTED);
  return RegExpReplaceIn(result, KNOWN_KEY, REDACTED);
}

const ORACLE = /(jdbc:oracle:[a-z]{1,10}:)[^\s"'`@]{1,256}@/gi;

/** The same without a scheme. */
const USER_AT_HOST =
  /(?<![\w.:/@%+-])([\w.%+-]{1,64}):([^\s"'`:@/\\,;]{1,256})@((?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}|localhost|(?:\d{1,3}\.){3}\d{1,3})(?![\w.])/g;
const OTHER_SCHEME =
  /^(?:mailto|sips?|xmpp|acct|npm|workspace|jsr|file|patch|portal|link|git|ssh|at|to|from|cc|bcc|email|mail|user|author|contact)$/i;

function redactUserAtHost(
  whole: string,
  user: string,
  _password: string,
  host: string,
): string {
  return RegExpTest(OTHER_SCHEME, user) ? whole : `${user}:${REDACTED}@${host}`;
}

const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----[^]*?(?:-----END [A-Z0-9 ]{0,80}-----|$)/g;

const JSON_WEB_TOKEN =
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)*/g;

/** What services put in front of their keys so that they can be found. */
const KNOWN_KEY = new GlobalRegExp(
  `(?<![A-Za-z0-9])(?:${ArrayPrototypeJoin(
    [
      '(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ABIA|ACCA)[A-Z0-9]{12,}', // AWS
      'gh[pousr]_[A-Za-z0-9]{16,}', // GitHub
      'github_pat_\\w{16,}',
      'gl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent)-[\\w-]{16,}', // GitLab
      'xox[a-z](?:\\.xox[a-z])?-[\\w.-]{8,}', // Slack
      'xapp-[\\w-]{8,}',
      '(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{8,}', // Stripe
      'whsec_[A-Za-z0-9+/=]{8,}',
      'sk-(?=[\\w-]{0,200}[0-9])[\\w-]{16,}', // OpenAI, Anthropic
      'AIza[\\w-]{30,}', // Google
      'ya29\\.[\\w-]{10,}',
      'GOCSPX-[\\w-]{16,}',
      '1//0[\\w-]{20,}',
      'SG\\.[\\w-]{10,}\\.[\\w-]{10,}', // SendGrid
      'key-[0-9a-f]{32}', // Mailgun
      'npm_[A-Za-z0-9]{20,}',
      'pypi-[\\w-]{16,}',
      'rubygems_[0-9a-f]{16,}',
      'do[opr]_v1_[0-9a-f]{16,}', // DigitalOcean
      'hf_[A-Za-z0-9]{16,}',
      'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,}', // Shopify
      'dckr_(?:pat|oat)_[\\w-]{16,}',
      'gl(?:sa|c)_[\\w=]{16,}', // Grafana
      'ATATT3[\\w=-]{16,}', // Atlassian
      'ATBB\\w{16,}',
      'lin_(?:api|oauth)_\\w{16,}',
      'EAA[A-Za-z0-9]{30,}', // Facebook
      'AC[0-9a-f]{32}|SK[0-9a-f]{32}', // Twilio
      'hv[sbr]\\.[\\w-]{16,}', // Vault
      'dapi[0-9a-f]{16,}', // Databricks
      'pat-(?:na|eu)[0-9]-[\\w-]{16,}', // HubSpot
      'tfp_\\w{16,}|figd_[\\w-]{16,}|sntrys_[\\w=/+]{16,}|nfp_\\w{16,}|vc[pai]_\\w{16,}|r8_\\w{16,}|fo1_[\\w-]{16,}|sbp_[0-9a-f]{16,}|phx_\\w{16,}|phc_\\w{16,}|secret_[A-Za-z0-9]{16,}',
    ],
    '|',
  )})`,
  'g',
);

const SCHEME_AND_SECRET =
  /(?<![A-Za-z0-9])(Bearer|Basic|Digest|Token|ApiKey|Api-Key|Negotiate|NTLM|SharedKey|AWS4-HMAC-SHA256)([ \t]{1,8}|%20|\+)([^\s"'`;,]{6,})/gi;

/** Some are followed by fields, to the end of the line. */
const SCHEME_AND_FIELDS =
  /(?<![A-Za-z0-9])((?:Digest|OAuth|Hawk|AWS4-HMAC-SHA256)[ \t]{1,8})\w{1,40}=[^\r\n]*/gi;

/** `Basic authentication` is prose, and so is `a bearer token`. */
const PROSE =
  /^(?:tokens?|realm|auth|authentication|authorization|scheme|credentials?|header|error|string|values?|(?:is|are|was|has|not|for|from|in|and|or|to|must|with|expired|invalid|missing|required|usage|support|example|info|types?|rate|limit|based|type|expected|unexpected|refresh|access|received|validation|endpoint|request|verification|bucket|stream|parser|ring|count))\b/i;

function redactScheme(
  whole: string,
  scheme: string,
  gap: string,
  value: string,
): string {
  if (RegExpTest(PROSE, value)) return whole;
  const isSure =
    RegExpTest(/^bearer$/i, scheme) ||
    RegExpTest(/\d|[a-z][A-Z]|[=/+_]|-.*-/, value);
  return isSure ? `${scheme}${gap}${REDACTED}` : whole;
}

/** From the scheme to a blank or a quotation mark. */
const URL_LIKE =
  /(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{1,40}:\/\/)([^\s"'`<>]+)/g;

function redactUserInfo(whole: string, scheme: string, rest: string): string {
  const stop = RegExpSearchIn(rest, /[/?#]/);
  const authority = stop < 0 ? rest : StringPrototypeSlice(rest, 0, stop);
  let at = StringPrototypeLastIndexOf(authority, '@');
  // A password with a slash in it: what stands behind the colon is no port.
  if (
    at < 0 &&
    RegExpTest(/:(?!\d*$)/, authority) &&
    !StringPrototypeStartsWith(authority, '[')
  ) {
    at = StringPrototypeLastIndexOf(rest, '@');
  }
  if (at < 0) return whole;
  return `${scheme}${REDACTED}${StringPrototypeSlice(rest, at)}`;
}

// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Takes secrets out of what is going to be printed: values of variables, messages, notes, the command
 * line. All output goes through here, in the watcher's own isolate too. Each expression takes time that
 * grows with the text's length only, and the length is bounded.
 */

import { ArrayPrototypeMap, ArrayPrototypePush } from '../base/lists.js';
import {
  RegExpReplaceIn,
  RegExpSearchIn,
  RegExpSplitIn,
  RegExpTest,
  StringPrototypeSplit,
} from '../base/patterns.js';
import {
  ArrayPrototypeJoin,
  GlobalRegExp,
  MathMax,
  MathMin,
  RegExpPrototypeExec,
  StringPrototypeCharAt,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { looksRandom } from './random-text.js';
import { isIdentifierName, isSecretName } from './secret-names.js';

export const REDACTED = '<redacted>';

/** Of a longer text the rest is not shown. */
const LONGEST_TEXT = 65_536;

/** `text` without the secrets that can be recognised. */
export function redactText(text: string): string {
  const cut = bounded(text, LONGEST_TEXT);
  const end = cut.length < text.length ? '…' : '';
  return redactRandom(redactNamed(redactForms(cut))) + end;
}

/**
 * Like `redactText`, for who shows at most `length` characters: the secret of which a part would be
 * shown is recognised as a whole.
 */
export function redactBeginning(text: string, length: number): string {
  const window = length + LOOK_AHEAD;
  if (text.length <= window) return redactText(text);
  return `${redactText(bounded(text, window))}…`;
}

const LOOK_AHEAD = 4096;

/** Without the word that would be cut, or it would not be recognised. */
function bounded(text: string, length: number): string {
  if (text.length <= length) return text;
  const least = MathMax(length - LOOK_AHEAD / 2, 0);
  let end = length;
  while (end > least && !isBlank(StringPrototypeCharCodeAt(text, end - 1)))
    end--;
  // A word that long is recognised by what it begins with.
  return StringPrototypeSlice(text, 0, end > least ? end : length);
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** What a variable, a field or a parameter of this name holds, as text. */
export function redactValue(name: string, text: string): string {
  if (isSecretName(name)) return REDACTED;
  return isIdentifierName(name) ? redactKnown(text) : redactText(text);
}

/** The same for who shows at most `length` characters, as `redactBeginning` does. */
export function redactValueBeginning(
  name: string,
  text: string,
  length: number,
): string {
  if (text.length <= length + LOOK_AHEAD) return redactValue(name, text);
  return isSecretName(name) ? REDACTED : redactBeginning(text, length);
}

/** No value at all, a yes or no, or a function: shown whatever the name is. */
export function isHarmlessValue(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'function'
  );
}

/** Without what only looks random. */
function redactKnown(text: string): string {
  return redactNamed(redactForms(bounded(text, LONGEST_TEXT)));
}

/** The path of a URL. Its parts may be keys, as in links to reset a password. */
export function redactUrlPath(path: string): string {
  return ArrayPrototypeJoin(
    ArrayPrototypeMap(StringPrototypeSplit(redactText(path), '/'), redactText),
    '/',
  );
}

/** A line of a program's source: names stand beside expressions there, so only values count. */
export function redactSource(line: string): string {
  return redactForms(line);
}

/** The command line, argument by argument. */
export function redactArguments(args: readonly string[]): string[] {
  const result: string[] = [];
  let flag = '';
  for (const arg of args) {
    ArrayPrototypePush(result, redactArgument(flag, arg));
    flag = RegExpTest(/^--?[A-Za-z][\w.-]*$/, arg)
      ? RegExpReplaceIn(arg, /^-+/, '')
      : '';
  }
  return result;
}

/** `flag`: what stands before it as an argument of its own, without its hyphens. */
function redactArgument(flag: string, arg: string): string {
  const isFlag = RegExpTest(/^--?[A-Za-z]/, arg);
  if (flag !== '' && !isFlag) {
    if (isSecretName(flag)) return REDACTED;
    if (RegExpTest(USER_FLAG, flag)) return redactUser(arg);
    return redactValue(flag, arg);
  }
  const assignment = RegExpPrototypeExec(
    /^[-/]{0,2}([A-Za-z_][\w.-]{0,127})([=:])/,
    arg,
  );
  if (assignment === null) return redactText(arg);
  const { 0: head, 1: name = '', 2: sign } = assignment;
  const value = StringPrototypeSlice(arg, head.length);
  // What begins with a scheme is no name with a value.
  if (sign === ':' && StringPrototypeStartsWith(value, '//'))
    return redactText(arg);
  if (isSecretName(name)) return value === '' ? head : head + REDACTED;
  if (RegExpTest(USER_FLAG, name)) return head + redactUser(value);
  return head + redactValue(name, value);
}

const USER_FLAG = /^(?:u|user|proxy-user|userpwd|proxy-userpwd|http-user)$/;

/** `name:password`, as curl takes it. */
function redactUser(text: string): string {
  const colon = StringPrototypeIndexOf(text, ':');
  return colon > 0 &&
    colon < text.length - 1 &&
    !RegExpTest(/^[a-z]+:\/\//i, text)
    ? `${StringPrototypeSlice(text, 0, colon + 1)}${REDACTED}`
    : redactText(text);
}

/** What is a secret by its own form, wherever it stands. */
function redactForms(text: string): string {
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

/** What stands under a secret name: `name=value`, `"name": "value"`, `--name value`. */
function redactNamed(text: string): string {
  return RegExpReplaceIn(
    redactAfter(redactAfter(text, NAME), FLAG),
    USER_OPTION,
    `$1${REDACTED}`,
  );
}

/** `curl --user name:password` */
const USER_OPTION =
  /(?<![\w-])((?:-u|--(?:proxy-)?user)[ \t=]{1,4}[^\s:"'/]{1,64}:)(?!\/\/)[^\s"']+/g;

/** Ends where the value begins. */
const NAME =
  /(?<![\w$.-])-{0,2}(\\?["'`]?)([A-Za-z_$][\w.$-]{0,127}(?:\[\w{0,40}\])?)\1([ \t]{0,8}(?:=>|[=:]|%3[AD]|,(?=[ \t]{0,8}\\?["']))[ \t]{0,8})(?=[^\s(=])/gi;

const FLAG = /(?<![\w-])--?()([A-Za-z][\w.-]{0,127})([ \t]{1,8})(?=[^\s-])/g;

/** `name` finds a quotation mark, a name and a sign, in this order. */
function redactAfter(text: string, name: RegExp): string {
  let result = '';
  let from = 0;
  name.lastIndex = 0;
  for (
    let found = RegExpPrototypeExec(name, text);
    found !== null;
    found = RegExpPrototypeExec(name, text)
  ) {
    const { 1: quote = '', 2: key = '', 3: sign = '' } = found;
    const begin = name.lastIndex;
    if (!isSecretName(key) && !isSecretName(withWordBefore(found, text))) {
      continue;
    }
    // An object: its fields have names of their own.
    if (text[begin] === '{' && sign !== '=') continue;
    // A list of words; only one of headers has names beside values.
    if (StringPrototypeIncludes(sign, ',') && quote === '') continue;
    // A scheme, as in `auth://host`.
    if (
      StringPrototypeIncludes(sign, ':') &&
      StringPrototypeStartsWith(text, '//', begin)
    )
      continue;
    const end = endOfValue(
      text,
      begin,
      RegExpTest(WHOLE_LINE, key) && sign !== '=',
    );
    if (isLiteral(StringPrototypeSlice(text, begin, MathMin(end, begin + 16))))
      continue;
    const mark = quoteAt(text, begin);
    result += StringPrototypeSlice(text, from, begin) + mark + REDACTED + mark;
    from = end;
    name.lastIndex = end;
  }
  return result + StringPrototypeSlice(text, from);
}

function quoteAt(text: string, begin: number): string {
  return (
    RegExpPrototypeExec(
      /^\\?["'`]/,
      StringPrototypeSlice(text, begin, begin + 2),
    )?.[0] ?? ''
  );
}

/** `API key: …`: of a name in prose, the last two words. */
function withWordBefore(found: RegExpExecArray, text: string): string {
  const { 1: quote = '', 2: key = '' } = found;
  if (quote !== '') return '';
  const before = StringPrototypeSlice(
    text,
    MathMax(0, found.index - 24),
    found.index,
  );
  const word = RegExpPrototypeExec(/(?:^|[^A-Za-z])([A-Za-z]+) $/, before)?.[1];
  return word === undefined ? '' : `${word} ${key}`;
}

/** Headers whose value goes on to the end of the line. */
const WHOLE_LINE = /^(?:proxy-)?authorization$|cookie$/i;

const END_OF_WORD = /[\s"`;&]|'(?!\w)|$/g;
const END_OF_LINE = /[\r\n"'`]|$/g;
const END_OF_LIST = /\]|$/g;
const END_OF_BRACES = /\}|$/g;

function endOfValue(text: string, begin: number, isLine: boolean): number {
  const first = text[begin] ?? '';
  if (first === '\\') {
    // Within a text that has been quoted once more.
    const end = StringPrototypeIndexOf(
      text,
      StringPrototypeSlice(text, begin, begin + 2),
      begin + 2,
    );
    return end < 0 ? text.length : end + 2;
  }
  if (first === '"' || first === "'" || first === '`') {
    return endOfQuotation(text, begin, first);
  }
  if (first === '[') return indexOf(text, END_OF_LIST, begin) + 1;
  if (first === '{') return indexOf(text, END_OF_BRACES, begin) + 1;
  let end = indexOf(text, isLine ? END_OF_LINE : END_OF_WORD, begin);
  // What closes a bracket around it, most of the time.
  while (
    end > begin + 1 &&
    StringPrototypeIncludes(')]},', StringPrototypeCharAt(text, end - 1))
  )
    end--;
  return end;
}

function endOfQuotation(text: string, begin: number, quote: string): number {
  for (let at = begin + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

/** Where `pattern` is first found; it also finds the end. */
function indexOf(text: string, pattern: RegExp, begin: number): number {
  pattern.lastIndex = begin;
  return RegExpPrototypeExec(pattern, text)?.index ?? text.length;
}

/** Says that there is none. */
function isLiteral(value: string): boolean {
  return RegExpTest(
    /^(?:null|undefined|true|false|none|\[\]|""|''|``)[,)\]}]*$/,
    value,
  );
}

/** What may be a key, a path or a word. */
const TOKEN = /[A-Za-z0-9_+/.~@%-]{20,}={0,2}/g;
const SEPARATE = /([./=~@%]+)/;

function redactRandom(text: string): string {
  return RegExpReplaceIn(text, TOKEN, redactToken);
}

function redactToken(token: string, at: number, text: string): string {
  if (isPath(token) || isNamedIdentifier(text, at)) return token;
  if (
    !StringPrototypeIncludes(token, '.') &&
    looksRandom(RegExpReplaceIn(token, /=+$/, ''))
  ) {
    return REDACTED;
  }
  return ArrayPrototypeJoin(
    ArrayPrototypeMap(RegExpSplitIn(token, SEPARATE), (part) =>
      looksRandom(part) ? REDACTED : part,
    ),
    '',
  );
}

/** Folders and files may have random names. They stand below one, or before an ending, that has not. */
const ABSOLUTE =
  /^(?:~|\.{0,2})\/(?:[a-z@._][a-z0-9@._-]{0,30}|[A-Z][a-z]{2,15})\//;
const RELATIVE = /^@?[a-z][a-z0-9_-]{0,30}\/[^]*\.[a-z0-9]{1,5}$/;
const FILE =
  /^[A-Za-z][\w.-]*\.(?:[cm]?[jt]sx?|json|map|css|html?|wasm|node|log|txt|sock|pid|so|t?gz|zip)$/;

function isPath(token: string): boolean {
  return (
    RegExpTest(ABSOLUTE, token) ||
    RegExpTest(RELATIVE, token) ||
    RegExpTest(FILE, token)
  );
}

/** `traceId=4bf9…`, `"commit":"18b5…"`. */
function isNamedIdentifier(text: string, at: number): boolean {
  const before = StringPrototypeSlice(text, MathMax(0, at - 64), at);
  const name = RegExpPrototypeExec(
    /([A-Za-z_$][\w.$-]*)["']?[ \t]{0,8}[=:][ \t]{0,8}["']?$/,
    before,
  )?.[1];
  return name !== undefined && isIdentifierName(name);
}

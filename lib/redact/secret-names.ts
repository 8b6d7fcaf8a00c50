// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  SetFrom,
} from '../base/lists.js';
import {
  RegExpReplaceIn,
  RegExpSplitIn,
  RegExpTest,
} from '../base/patterns.js';
import {
  GlobalMap,
  MapPrototypeClear,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  SetPrototypeHas,
  StringPrototypeToLowerCase,
  StringPrototypeTrim,
} from '../base/primordials.js';

/**
 * Which names say that a value is nobody's business: of variables, fields, flags, environment variables,
 * headers and parameters, however they are written. Whole words count, so `author`, `bypass`,
 * `spinner` and `tokenizer` are ordinary names.
 */

/** What is shown instead of a secret. */
export const REDACTED = '<redacted>';

/** Longer ones are no names that anybody has written. */
const LONGEST_NAME = 128;

function words(text: string): ReadonlySet<string> {
  return SetFrom(RegExpSplitIn(StringPrototypeTrim(text), /\s+/));
}

/** A name with one of these is secret, unless its last word is one of `HARMLESS_ENDS`. */
const SECRET = words(`
  password passwords passwd passwds passwrd passwort pwd pwds pw psw pswd pswrd passphrase passphrases passcode passcodes
  passkey passkeys pass secret secrets token tokens jwt jwts jwe jws bearer credential credentials creds cred
  dsn otp otps totp hotp mfa pin pins cvv cvvs cvc csc ssn auth oauth authn authz xauth authorization
  authorisation authentication cookie cookies csrf xsrf apikey apikeys mnemonic privkey
  signing sessid jsessionid phpsessid keytab netrc htpasswd
`);

/** The same written without a gap: `pgpassword`, `CLIENTSECRET`. */
const SECRET_END =
  /(?:password|passwd|passphrase|passcode|[a-z]{3}secret|(?:access|refresh|auth|id|api|bot|csrf|xsrf|bearer|session|security|oauth|user|device|push|x|reset|login|jwt|gh|npm)tokens?|(?:api|access|secret|private|signing|encryption|master|auth|session|license|account|storage|ssh|service|subscription)keys?|(?:connection|conn)str(?:ing)?|sessionid|credentials?|(?:db|user|usr|my|smtp|imap|pg|mysql|ftp|sftp|root|admin|mail|email|redis|mongo|api|app|ssh|ssl|sudo|proxy|http|ldap|login|key|keystore|truststore|zip|wifi|vpn|sys|svc|master|enc)(?:pass|pwd|pw))$/;

/** Two words one after the other, others in between allowed. */
const SECRET_PAIRS: readonly (readonly [
  first: ReadonlySet<string>,
  last: ReadonlySet<string>,
])[] = [
  [
    words(`
      access secret private signing signature encryption encrypt decryption decrypt crypto cipher master api
      app ssh gpg pgp rsa dsa ec ecdsa ed25519 aes hmac license licence service account storage shared
      session client consumer jwt jwk deploy deployment tls ssl wallet subscription webhook recovery
      symmetric sas admin root host server hashing wrapping data stripe openai anthropic github gitlab aws
      azure gcp google twilio sendgrid mailgun datadog newrelic sentry slack maps verification unlock
    `),
    words('key keys'),
  ],
  [
    words('connection conn connect jdbc odbc'),
    words('string strings str url uri'),
  ],
  [
    words(`
      db database datasource postgres postgresql pg mysql mariadb mongo mongodb redis amqp rabbit rabbitmq
      sql broker clickhouse cassandra couchdb elastic elasticsearch neo4j nats smtp mail mailer ldap webhook
      webhooks hook sentry supabase turso neon celery cloudamqp cloudinary rediscloud
    `),
    words('url uri urls uris dsn'),
  ],
  [words('session sess'), words('id ids')],
  [words('connect'), words('sid')],
  [
    words(`
      security access auth verification verify recovery backup reset sms mfa otp login twofactor
      confirmation activation
    `),
    words('code codes'),
  ],
  [words('card credit cc debit'), words('number num no nr')],
  [words('seed recovery mnemonic'), words('phrase phrases words')],
  [words('amz x sas url request aws'), words('signature sig')],
  [words('shared access'), words('signature')],
  [words('user http basic proxy'), words('userpwd')],
];

/** Secret when it is all of the name. */
const SECRET_ALONE = words('sig signature sid userpwd');

/** So are these where a rule names a field: what stands there may be one. */
const SECRET_FIELD_END = words('key keys session sessions sess');

/** Whether a rule must not ask for a field of this name. */
export function isSecretField(name: string): boolean {
  if (isSecretName(name)) return true;
  const parts = wordsOf(name);
  const last = parts[parts.length - 1] ?? '';
  return SetPrototypeHas(SECRET_FIELD_END, last);
}

/** What a name with a secret word in it may be about instead. */
const HARMLESS_ENDS = words(`
  count counts length len size sizes type types mode modes method methods name names file files filename
  path paths dir dirs directory folder url urls uri uris endpoint endpoints host hosts hostname port
  ports enabled disabled required optional expired expiry expires expiration ttl age timeout at date
  time times timestamp limit limits min max index indexes indices idx valid invalid policy policies rule
  rules strength field fields input inputs label placeholder prompt hint hints error errors err callback
  cb fn func function handler handlers middleware manager service services provider providers store stores
  cache factory generator validator parser module plugin config configs configuration options opts
  settings schema column table version status state states scope scopes realm issuer audience algorithm
  algorithms alg kind kinds class format prefix suffix attempts attempt retries tries level flow grant
  server client guard strategy strategies router route routes controller page screen view form button
  link reset changed updated created matches match regex pattern position pos offset start end line
  column stream iterator usage budget used remaining bucket buckets ring jar domain model
  entity repository repo util utils helper helpers queue job task event events listener listeners stdin
  through thru over out phase map set list context ctx request req response res result results window
  ratio rate per interval duration lifetime delay user users username email agent proxy sock
`);

/** `hasPassword`, `no-auth`: a question about it. */
const HARMLESS_BEGINS = words(`
  has is are was no not non without show hide toggle should needs need requires require required allow
  allows skip forgot can must num total ask use uses enable disable with
`);

/** What there are many of, and somebody counts. */
const COUNTED = words(`
  max min num total prompt completion input output used remaining cached reasoning available per n
`);

/** `firstPass`: one of several. */
const ROUNDS = words(`
  first second third last final next previous prev single multi two one by render rendering shadow
  compiler optimization opt blur main low high band each
`);

const MOST_KNOWN = 1_000;
/** The same names come again and again. */
const known = new GlobalMap<string, boolean>();

/** Whether a value under this name is not to be shown. */
export function isSecretName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  let isSecret = MapPrototypeGet(known, name);
  if (isSecret === undefined) {
    isSecret = saysSecret(name);
    if (MapPrototypeGetSize(known) >= MOST_KNOWN) MapPrototypeClear(known);
    MapPrototypeSet(known, name, isSecret);
  }
  return isSecret;
}

function saysSecret(name: string): boolean {
  const parts = wordsOf(name);
  const last = parts[parts.length - 1];
  if (last === undefined) return false;
  if (parts.length === 1 && SetPrototypeHas(SECRET_ALONE, last)) return true;
  if (parts.length > 1 && SetPrototypeHas(HARMLESS_BEGINS, parts[0] ?? ''))
    return false;
  if (hasPair(parts)) return true;
  if (parts.length > 1 && SetPrototypeHas(HARMLESS_ENDS, last)) return false;
  for (let index = 0; index < parts.length; index++) {
    const word = parts[index] ?? '';
    if (RegExpTest(SECRET_END, word)) return true;
    if (!SetPrototypeHas(SECRET, word)) continue;
    const before = parts[index - 1] ?? '';
    if (word === 'tokens' && SetPrototypeHas(COUNTED, before)) continue;
    if (word === 'pass' && SetPrototypeHas(ROUNDS, before)) continue;
    return true;
  }
  return false;
}

function hasPair(parts: readonly string[]): boolean {
  for (const { 0: first, 1: last } of SECRET_PAIRS) {
    let isOpen = false;
    for (let index = 0; index < parts.length; index++) {
      const word = parts[index] ?? '';
      if (isOpen && SetPrototypeHas(last, word) && isEnd(index, parts))
        return true;
      if (SetPrototypeHas(first, word)) isOpen = true;
    }
  }
  return false;
}

/** Whether the name is about what ends there, and not about something of it: `apiKeyName`. */
function isEnd(index: number, parts: readonly string[]): boolean {
  const last = parts.length - 1;
  return index === last || !SetPrototypeHas(HARMLESS_ENDS, parts[last] ?? '');
}

/** What identifies something: it looks random, and is there to be compared. */
const IDENTIFIER = words(`
  id ids uid uuid uuids guid ulid oid sha sha1 sha256 commit commits rev revision etag digest checksum
  fingerprint hash trace traceid traceparent span spanid parent correlation requestid cursor build release
  version image container pod hostname path file filename dir url tag ref branch integrity
`);

/** Whether a value under this name may look random without being secret. */
export function isIdentifierName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  const parts = wordsOf(name);
  return SetPrototypeHas(IDENTIFIER, parts[parts.length - 1] ?? '');
}

/** Lower-case words of a name in camelCase, snake_case, kebab-case or what else. */
function wordsOf(name: string): string[] {
  return ArrayPrototypeFilter(
    ArrayPrototypeMap(
      RegExpSplitIn(
        StringPrototypeToLowerCase(
          RegExpReplaceIn(
            RegExpReplaceIn(name, /([a-z0-9])([A-Z])/g, '$1 $2'),
            /([A-Z])([A-Z][a-z])/g,
            '$1 $2',
          ),
        ),
        /[^a-z0-9]+/,
      ),
      (word) =>
        SetPrototypeHas(IDENTIFIER, word)
          ? word
          : RegExpReplaceIn(word, /\d+$/, ''),
    ),
    (word) => word !== '',
  );
}

// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  describeError,
  describeLocal,
  describeValue,
  setValueProbe,
} from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import { redactArguments } from '../../lib/redact/arguments.js';
import { looksRandom } from '../../lib/redact/random-text.js';
import {
  redactBeginning,
  redactSource,
  redactText,
} from '../../lib/redact/redact.js';
import { isSecretName } from '../../lib/redact/secret-names.js';

beforeEach(useNodeValues);
afterEach(() => setValueProbe(null));

const words = (text: string): string[] => text.trim().split(/\s+/);

/** camelCase, in the other ways to write it. */
function spellings(name: string): string[] {
  const parts = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(' ');
  const lower = parts.map((part) => part.toLowerCase());
  return [
    name,
    lower.join('_'),
    lower.join('-'),
    lower.join('.'),
    lower.join('_').toUpperCase(),
    name.charAt(0).toUpperCase() + name.slice(1),
    `_${name}`,
    `$${name}`,
    `${name}2`,
  ];
}

describe('names of secrets', () => {
  test.each(
    words(`
      password passwd pwd pswd pass passcode passphrase passkey userPassword dbPasswd mysqlPwd smtpPass
      adminPass rootPassword passwordConfirmation newPassword oldPassword pw userPw passwordHash passwordSalt
      secret secrets clientSecret appSecret sharedSecret webhookSecret cookieSecret secretValue
      token tokens accessToken refreshToken idToken authToken csrfToken xsrfToken botToken githubToken
      apiToken sessionToken resetToken jwt userJwt bearer bearerToken
      apiKey apiKeys accessKey accessKeyId secretKey secretAccessKey awsAccessKeyId privateKey signingKey
      signingSecret signing encryptionKey masterKey sshKey storageKey accountKey stripeKey serviceKey
      auth basicAuth authHeader authKey authCode oauth oauthToken authorization proxyAuthorization
      authentication credential credentials creds awsCreds
      dsn sentryDsn connectionString connString databaseUrl dbUrl dbUri mongoUri redisUrl postgresUrl
      webhookUrl connectionUri
      otp userOtp totp mfa pin userPin pinCode cvv cvc cardCvv cardNumber creditCardNumber ssn
      cookie cookies setCookie sessionId sid mnemonic seedPhrase recoveryCode securityCode
    `),
  )('%s, however it is written', (name) => {
    for (const spelling of spellings(name)) {
      expect([spelling, isSecretName(spelling)]).toEqual([spelling, true]);
      expect(describeLocal(spelling, 'planted')).toBe('<redacted>');
    }
  });

  test.each(
    words(`
      PGPASSWORD MYSQL_PWD DB_PASS dbpass CLIENTSECRET apikey APIKEY accesstoken authtoken sessionid
      connectionstring APIKey DBPassword X-Api-Key x-auth-token X-Amz-Signature X-Amz-Credential
      AWS_SECRET_ACCESS_KEY GITHUB_TOKEN NPM_TOKEN OPENAI_API_KEY DATABASE_URL connect.sid PHPSESSID
      spring.datasource.password options.auth.pass user[password] password1 __password__ --password
    `),
  )('%s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  test.each(
    words(`
      author authors authority authored coauthor passenger passengers passed passing passive passport
      passThrough passthrough pinned pinning pinnedAt spinner spin spinning opinion pinterest bypass compass
      encompass trespass overpass surpass option options optional adoption compassion classPath
      tokenizer tokenize tokenized tokenCount tokenType maxTokens promptTokens usedTokens tokenIndex
      secretary keyboard monkey key keys keyName primaryKey foreignKey cacheKey publicKey sortKey
      partitionKey hasPassword isAuthenticated authenticated passwordLength passwordField passwordFile
      requirePassword noPassword authEnabled authMode authType authUrl tokenUrl cookieParser cookieDomain
      sessionStore session sessions user username userName email firstPass secondPass renderPass passCount
      signal signed design designer assign assignment resign description certificate name value data result
      id userId requestId traceId url baseUrl callbackUrl database databaseName host port path file query
      sql connection pool client request response headers body basic digest hash cursor state code count
      access accessLog accessedAt process success bearing capital caption option2 pinCount expires cv
      apiKeyName apiKeyPath hasApiKey sessionKeyPrefix noAuth databaseUrlPattern accessKeyCount jwtService
      authGuard secretsManager secretName keyfile power pwa
      authorize unauthorized authenticate stepping shipping mapping pingInterval spinCount
      __proto__ constructor a i x _ $ tmp
    `),
  )('%s is none', (name) => {
    expect(isSecretName(name)).toBe(false);
    expect(describeLocal(name, 'plain')).toBe('"plain"');
  });

  test('what is no value is shown under any name', () => {
    expect(describeLocal('token', undefined)).toBe('undefined');
    expect(describeLocal('token', null)).toBe('null');
    expect(describeLocal('password', false)).toBe('false');
    expect(describeLocal('auth', function check() {})).toBe(
      '[Function: check]',
    );
    for (const value of [1234, 12n, 's', {}, [], Symbol('s'), new Map()]) {
      expect(describeLocal('pin', value)).toBe('<redacted>');
    }
  });
});

const S = 'planted-hunter2';
const JWT =
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const PEM = (kind: string): string =>
  `-----BEGIN ${kind}-----\nMIIEowIBAAKCAQEA${S}\n-----END ${kind}-----`;

describe('values that are secrets by themselves', () => {
  test.each([
    ...words(`
      postgres://bob:${S}@db/app postgresql://bob:${S}@db:5432/app?x=1 redis://:${S}@cache:6379
      mongodb+srv://u:${S}@c.mongodb.net/?w=1 mongodb://u:${S}@h1:1,h2:2/db amqp://u:${S}@mq
      https://${S}@github.com/o/r.git https://u:${S}@host:8080/x#y HTTPS://U:${S}@HOST
      mysql://u:a/${S}@h/d mysql://u:a#${S}@h/d mysql://u:a?${S}@h/d mysql://u:a@${S}@h/d
      jdbc:postgresql://u:${S}@h/d jdbc:oracle:thin:scott/${S}@h:1521:x ftp://u:${S}@h ws://u:${S}@h
      (https://u:${S}@h) "smtp://u:${S}@h" u:${S}@db.internal:5432 u:${S}@10.0.0.1 u:${S}@localhost
      git+https://u:${S}@h/r.git?a=b https://h/p?token=${S} https://h/p?a=1&api_key=${S}&b=2
      https://h/p#access_token=${S} https://h/p?X-Amz-Signature=${S}&X-Amz-Credential=${S}
      https://h/blob?sv=1&sig=${S}
      password=${S} --password=${S} PGPASSWORD=${S} {"password":"${S}"} {'pwd':'${S}'} token:${S}
      {\\"secret\\":\\"${S}\\"} auth=>${S} "token":\`${S}\` ["authorization","${S}"] password[]=${S}
      a=1;Password=${S};b=2 x-api-key:${S} {password:'${S}'} user[password]=${S} pwd%3D${S}
      ["cookie","a=${S}"] passwords:["x","${S}"] Authorization:${S}
    `),
    `Authorization: Basic ${S}`,
    `authorization: ${S} and the rest of it`,
    `Cookie: theme=dark; sid=${S}`,
    `set-cookie: sid=${S}; Path=/`,
    `Bearer ${S}`,
    `bearer\t${S}`,
    `failed with Bearer ${S}, again`,
    `Basic ${Buffer.from(`bob:${S}`).toString('base64')}`,
    `Digest username="b", response="${S}", token="${S}"`,
    `Token ${S}1`,
    `mysql --user bob --password ${S} --host h`,
    `curl --header 'X-Api-Key: ${S}'`,
    `run --api-key "${S} with blanks" now`,
    `{ "user": "bob", "password": "${S} ${S}" }`,
    `{ "user": "bob", "password": "x\\"${S}" }`,
    `password = '${S} ${S}' and user = 'bob'`,
    `message: "the cause: token=${S}"`,
    `password="${S}, which has no end`,
    `password: "a" secret: "${S}"`,
    `host=h password=${S} dbname=x`,
    `password=it's${S}`,
    `Driver=x;PWD={${S};${S}};UID=sa`,
    `Incorrect API key: ${S}`,
    `Access token = ${S}`,
    `the connection string: ${S}`,
    `Session ID: ${S}`,
    `curl -u bob:${S} https://host`,
    `curl --user=bob:${S} https://host`,
    `AccountName=a;AccountKey=${S};EndpointSuffix=b`,
    `[ 'Authorization', 'Bearer ${S}' ]`,
    `headers: { Authorization: 'Basic ${S}' }`,
    `jdbc:sqlserver://h;user=sa;password=${S}`,
    PEM('PRIVATE KEY'),
    PEM('RSA PRIVATE KEY'),
    PEM('EC PRIVATE KEY'),
    PEM('ENCRYPTED PRIVATE KEY'),
    PEM('OPENSSH PRIVATE KEY'),
    PEM('PGP PRIVATE KEY BLOCK'),
    JSON.stringify({ key: PEM('PRIVATE KEY') }),
    `-----BEGIN PRIVATE KEY-----\n${S}`,
  ])('%s', (text) => {
    const redacted = redactText(text);
    expect(redacted).toContain('<redacted>');
    expect(redacted).not.toContain(S);
    expect(redacted).not.toContain(Buffer.from(S).toString('base64'));
    expect(redactText(redacted)).toBe(redacted);
    expect(describeValue(text)).not.toContain(S);
    const error = describeError(new Error(text));
    expect(error.message).not.toContain(S);
  });

  test.each([
    JWT,
    JWT.slice(0, 60),
    'AKIAIOSFODNN7EXAMPLE',
    'ASIAIOSFODNN7EXAMPLE',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    `ghp_${'16C7e42F292c6912E7710c838347Ae178B4a'}`,
    `gho_${'16C7e42F292c6912E7710c838347Ae178B4a'}`,
    `github_pat_${'11ABCDEFG0abcdefghijkl_MNOPQRSTUVWXYZ'}`,
    `glpat-${'abcdefghij0123456789'}`,
    `xoxb-${'17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy'}`,
    `sk_live_${'4eC39HqLyjWDarjtT1zdp7dc'}`,
    `rk_test_${'4eC39HqLyjWDarjtT1zdp7dc'}`,
    `whsec_${'4eC39HqLyjWDarjtT1zdp7dc'}`,
    `sk-proj-${'abc123def456ghi789jkl012'}`,
    `sk-ant-api03-${'abc123def456ghi789jkl012'}`,
    `AIza${'SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe'}`,
    `SG.${'ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr'}`,
    `npm_${'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5'}`,
    `hf_${'aBcDeFgHiJkLmNoPqRsTuVwXyZ'}`,
    '4bf92f3577b34da6a3ce929d0e0e4736',
    'deadbeefcafebabe12345678',
    'DEADBEEFCAFEBABE12345678',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'dGhpcyBpcyBhIHNlY3JldCB0ZXh0IQ==',
    'q7Lr9vXz2WmK4tNc8YbJ',
    'zq8x-vK3mP9wL2nB7cF5hJ1d',
    'kqzxjwvbfmtplrhsndgcxq',
    'sha512-GzKRxhCUxwXGXKVm5nGFJ5UsWvKLJwE3Fk8v0BSw8uU7zC1yHf5e==',
  ])('%s', (secret) => {
    for (const text of [secret, `see ${secret}, please`, `["${secret}"]`]) {
      expect(redactText(text)).toBe(text.replace(secret, '<redacted>'));
    }
    expect(redactText(`https://host/hooks/${secret}`)).not.toContain(secret);
    expect(describeLocal('value', secret)).toBe('"<redacted>"');
    expect(describeValue(Symbol(secret))).toBe('Symbol(<redacted>)');
  });
});

describe('what is no secret', () => {
  test.each([
    '',
    'plain',
    'https://registry.npmjs.org/@scope/pkg',
    'https://medium.com/@user/a-post',
    'https://host:443/@user?a=b#c',
    'http://[::1]:8080/x',
    'file:///app/src/index.ts',
    'npm:@swc/wasm@1.3.107',
    'mailto:me@example.com',
    'me@example.com',
    'git@github.com:org/repo.git',
    'image@sha256',
    'Basic authentication required',
    'an invalid bearer token was given',
    'Bearer realm="x"',
    'Unexpected token } in JSON at position 15',
    'the password is required',
    'password: null, token: undefined',
    'token_count: 5, max_tokens=100',
    'author: bob, options=fast',
    'SELECT * FROM users WHERE name = $1 AND passenger = $2',
    'connect ECONNREFUSED 127.0.0.1:5432',
    "ENOENT: no such file or directory, open '/app/dist/main.4f9d8a7b6c5d4e3f2a1b.js'",
    '/usr/lib/node_modules/.pnpm/pkg@1.0.0_4f9d8a7b6c5d4e3f2a1b4c5d/node_modules/pkg/index.js',
    '/var/lib/docker/overlay2/4f9d8a7b6c5d4e3f2a1b4c5d6e7f/merged/app.js',
    './build/4f9d8a7b6c5d4e3f2a1b4c5d/app.js',
    '/Users/bob/Projects/application/index.js',
    'dist/chunks/main-5f2b9c0d1e2f3a4b5c6d.js',
    'traceId=4bf92f3577b34da6a3ce929d0e0e4736',
    '{"commit":"18b5cb60e55926f6d917cc1aeb17fd81d0da5cc6"}',
    '550e8400-e29b-41d4-a716-446655440000',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'api-6d4cf56db6-x7k2p',
    'ip-10-0-12-34.eu-west-1.compute.internal',
    'getUserByIdentifierAndReturnTheirPreferences',
    'ERR_ASYNCTB_INVALID_ARGUMENT_VALUE_OF_SOMETHING',
    'my-application-worker-deployment-production-eu-west-1',
    'x-amz-content-sha256-v4a-signed-headers',
    'io.kubernetes.pod.terminationGracePeriod',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    '2026-11-22T15:30:12.345678901Z',
    '20261122153012345678901234',
    'abcdefghijklmnopqrstuvwxyz0123456789',
    'x'.repeat(100),
    '='.repeat(100),
    'abab'.repeat(100),
    '0'.repeat(30) + 'a',
    '-----BEGIN CERTIFICATE-----',
    'GET /checkout/81?page=2&sort=name',
    'key: value',
    'the primary key: 5',
    'Promise { <pending> }',
    'event "data" of Socket',
    'a timer of 30,000 ms',
    'node --enable-source-maps --max-old-space-size=4096 dist/server.js',
    'über-größe, 日本語のテキスト、とても長い文章です',
  ])('%s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test('values under names of what identifies something', () => {
    const hex = '4bf92f3577b34da6a3ce929d0e0e4736';
    for (const name of words('traceId trace_id id commitSha etag requestId')) {
      expect(describeLocal(name, hex)).toBe(`"${hex}"`);
      expect(describeLocal(name, `Bearer ${S}`)).toBe('"Bearer <redacted>"');
    }
    expect(describeLocal('sessionId', hex)).toBe('<redacted>');
    expect(describeLocal('value', hex)).toBe('"<redacted>"');
  });

  test('names of packages and files', () => {
    for (const name of Object.keys(process.versions)) {
      expect(looksRandom(name)).toBe(false);
    }
  });
});

describe('source lines', () => {
  test('only what is a secret by its form', () => {
    expect(redactSource('const password = await ask(user);')).toBe(
      'const password = await ask(user);',
    );
    expect(redactSource(`await connect('postgres://u:${S}@db/x');`)).toBe(
      "await connect('postgres://<redacted>@db/x');",
    );
  });
});

describe('the command line', () => {
  const line = (...args: string[]): string => redactArguments(args).join(' ');

  test.each([
    [['--password', S], '--password <redacted>'],
    [['--password', S, 'next'], '--password <redacted> next'],
    [[`--password=${S}`], '--password=<redacted>'],
    [['-password', S], '-password <redacted>'],
    [['--db-url', `postgres://h/${S}`], '--db-url <redacted>'],
    [['--apiKey', S], '--apiKey <redacted>'],
    [['--api_key', S], '--api_key <redacted>'],
    [[`/password:${S}`], '/password:<redacted>'],
    [[`DB_PASS=${S}`], 'DB_PASS=<redacted>'],
    [['-e', `DB_PASS=${S}`], '-e DB_PASS=<redacted>'],
    [['--set', `auth.password=${S}`], '--set auth.password=<redacted>'],
    [[`-Ddb.password=${S}`], '-Ddb.password=<redacted>'],
    [['-passin', `pass:${S}`], '-passin pass:<redacted>'],
    [['-H', `Authorization: Bearer ${S}`], '-H Authorization: <redacted>'],
    [['-H', `X-Api-Key: ${S}`], '-H X-Api-Key: <redacted>'],
    [['--user', `bob:${S}`], '--user bob:<redacted>'],
    [['-u', `bob:${S}`], '-u bob:<redacted>'],
    [[`--user=bob:${S}`], '--user=bob:<redacted>'],
    [[`postgres://bob:${S}@h/d`], 'postgres://<redacted>@h/d'],
    [['--url', `https://${S}@h`], '--url https://<redacted>@h'],
    [[`--url=https://h?token=${S}`], '--url=https://h?token=<redacted>'],
    [[`{"password":"${S}"}`], '{"password":"<redacted>"}'],
    [[`--config={"token":"${S}"}`], '--config={"token":"<redacted>"}'],
    [
      ['sh', '-c', `mysql --password ${S}`],
      'sh -c mysql --password <redacted>',
    ],
    [['q7Lr9vXz2WmK4tNc8YbJ'], '<redacted>'],
    [['--key', 'q7Lr9vXz2WmK4tNc8YbJ'], '--key <redacted>'],
    [['--key=q7Lr9vXz2WmK4tNc8YbJ'], '--key=<redacted>'],
    [[JWT], '<redacted>'],
  ])('%j', (args, expected) => {
    expect(line(...args)).toBe(expected);
  });

  test.each([
    [['/usr/bin/node', '/app/dist/server.js', '--port', '3000', '-v']],
    [['--password-file', '/run/secrets/db', '--token-ttl', '3600']],
    [['--no-password', 'next', '--auth-mode=none', '--author', 'bob']],
    [['--password', '--verbose', 'x']],
    [['--trace-id', '4bf92f3577b34da6a3ce929d0e0e4736']],
    [['--commit=18b5cb60e55926f6d917cc1aeb17fd81d0da5cc6']],
    [['C:\\app\\server.js', 'D:/x', 'http://host/x', 'a:b', 'a=b']],
    [['--', '--password']],
    [[]],
    [['', ' ', '-', '--', '=', ':', '-=']],
  ])('%j is shown', (args) => {
    expect(redactArguments(args)).toEqual(args);
  });
});

describe('work is bounded', () => {
  const long = 200_000;

  test.each([
    'a',
    'a="',
    'a="\\',
    "a='",
    'x://a:b',
    'a:b@c.',
    'eyJaaaaaaaaa.',
    '--a ',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    'Bearer ',
    'password= ',
    'password=[',
    'aA1/',
    'sk-',
    'a.',
    'x ',
    '\\"',
    'password"',
    '\ud800',
  ])('for many of %j', (unit) => {
    const text = unit.repeat(long / unit.length);
    const begin = process.cpuUsage();
    redactText(text);
    redactBeginning(text, 80);
    redactArguments([text]);
    const { user } = process.cpuUsage(begin);
    expect(user / 1000).toBeLessThan(2_000);
  });

  test('a secret that is cut is recognised as a whole', () => {
    for (const secret of [
      `postgres://bob:${S.repeat(20)}@host/x`,
      `Bearer ${S.repeat(100)}`,
      `${'a '.repeat(30)}password=${S.repeat(100)}`,
      PEM('PRIVATE KEY').replace(S, S.repeat(500)),
      `${'a '.repeat(30)}${JWT}${'x'.repeat(1e6)}`,
      `${'a '.repeat(30)}"password": "${`${S} `.repeat(1e5)}`,
      'q7Lr9vXz2WmK4tNc8YbJ'.repeat(1e5),
    ]) {
      const shown = describeValue(secret);
      expect(shown).toContain('<red');
      expect(shown).not.toMatch(/hunter|plant|eyJ|q7L|MII/);
      expect(shown.length).toBeLessThan(100);
    }
  });

  test('where a long text is cut, no part of a secret is left', () => {
    for (let before = 4_000; before < 4_400; before += 7) {
      const text = `${'word '.repeat(before / 5)}${JWT} ${'word '.repeat(100)}`;
      expect(redactBeginning(text, 80)).not.toContain('eyJ');
    }
    const long = `${'word '.repeat(13_100)}${JWT} ${'word '.repeat(1_000)}`;
    expect(redactText(long)).not.toContain('eyJ');
  });
});

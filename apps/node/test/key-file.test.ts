import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { verifySignature } from '@vsys/crypto';
import { toHex, utf8ToBytes } from '@vsys/primitives';
import { createKeyFile, readKeyFile } from '../src/key-file.ts';
import { createTestFolder, type TestFolder } from './support.ts';

let folder: TestFolder;
beforeAll(async () => { folder = await createTestFolder(); });
afterAll(() => folder.remove());

test.each(['ed25519', 'secp256k1', 'vsys'] as const)('a key of %s is read back and signs the same account', async (scheme) => {
  const path = folder.file(`${scheme}.key`);
  const made = await createKeyFile(path, scheme);
  const { signer, secret } = await readKeyFile(path);
  expect(toHex(signer.account)).toBe(toHex(made.account));
  expect(secret).toHaveLength(32);
  const message = utf8ToBytes('message');
  expect(verifySignature(made.publicKey, message, signer.sign(message))).toBe(true);
});

test('two keys differ', async () => {
  const accounts = await Promise.all(['a', 'b'].map(async (name) => toHex((await createKeyFile(folder.file(name))).account)));
  expect(new Set(accounts).size).toBe(2);
});

test('only the owner can read the file', async () => {
  await createKeyFile(folder.file('mode.key'));
  expect((await stat(folder.file('mode.key'))).mode & 0o777).toBe(0o600);
});

test('never writes over a file, and leaves it as it was', async () => {
  const path = folder.file('first.key');
  await createKeyFile(path);
  const before = await readFile(path, 'utf8');
  await expect(createKeyFile(path)).rejects.toMatchObject({ code: 'KEY_EXISTS', message: expect.stringContaining(path) });
  expect(await readFile(path, 'utf8')).toBe(before);
});

test('says what to do when the folder or the file is not there', async () => {
  await expect(createKeyFile(folder.file('no/such.key'))).rejects.toMatchObject({ code: 'KEY_FILE', message: expect.stringContaining('make the folder first') });
  await expect(readKeyFile(folder.file('none.key'))).rejects.toMatchObject({ code: 'KEY_FILE', message: expect.stringContaining('vsys key new') });
});

const SECRET = '5ec2e7'.repeat(10) + '5ec2';
const withSecret = (fields: Record<string, unknown>): string => JSON.stringify({ scheme: 'ed25519', secret: SECRET, account: '00'.repeat(20), ...fields });
test.each([
  ['text', SECRET],
  ['JSON that breaks off', withSecret({}).slice(0, -3)],
  ['null', 'null'],
  ['another account', withSecret({})],
  ['an unknown scheme', withSecret({ scheme: 'rsa' })],
  ['a name of the prototype as scheme', withSecret({ scheme: 'toString' })],
  ['a short secret', withSecret({ secret: SECRET.slice(2) })],
  ['a secret that is not hexadecimal', withSecret({ secret: `${SECRET.slice(2)}zz` })],
  ['a secret that is no text', withSecret({ secret: [SECRET] })],
])('refuses %s without quoting what may be secret', async (_, text) => {
  const path = folder.file('bad.key');
  await writeFile(path, text);
  const error: unknown = await readKeyFile(path).catch((one: unknown) => one);
  expect(error).toMatchObject({ code: 'KEY_FILE', message: expect.stringContaining('is not a key file') });
  const { message, stack, cause } = error as Error;
  expect(cause).toBeUndefined();
  expect(`${message}${String(stack)}${JSON.stringify(error)}`).not.toContain('5ec2');
});

import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { accountToAddress, createSigner, type KeyScheme, keySchemes, type Signer } from '@vsys/crypto';
import { fromHex, hasCode, toHex } from '@vsys/primitives';
import { AppError } from './app-error.ts';

/** 32 bytes from the system: a secret of every scheme. */
export function newSecret(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

/** Writes a key file that only its owner can read. Never over an old one: that could be the only copy of a key. */
export async function createKeyFile(path: string, scheme: KeyScheme = 'ed25519', secret: Uint8Array = newSecret()): Promise<Signer> {
  const signer = createSigner(scheme, secret);
  const text = `${JSON.stringify({ scheme, secret: toHex(secret), publicKey: toHex(signer.publicKey.bytes), account: toHex(signer.account), address: accountToAddress(signer.account, 'T') }, null, 2)}\n`;
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw new AppError('KEY_EXISTS', `${path} exists already; choose another file, a key is never overwritten`);
    if (hasCode(error, 'ENOENT')) throw new AppError('KEY_FILE', `cannot write ${path}: its folder is not there; make the folder first`);
    throw error;
  }
  return signer;
}

export async function readKeyFile(path: string): Promise<{ readonly signer: Signer; readonly secret: Uint8Array }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('KEY_FILE', `cannot read the key file ${path}; make one with: vsys key new ${path}`, { cause });
  }
  try {
    const { scheme, secret, account } = JSON.parse(text) as { scheme: KeyScheme; secret: string; account: string };
    if (!Object.hasOwn(keySchemes, scheme)) throw new RangeError('scheme');
    const bytes = fromHex(secret);
    const signer = createSigner(scheme, bytes);
    if (toHex(signer.account) !== account) throw new RangeError('account');
    return { signer, secret: bytes };
  } catch {
    // The cause may quote the secret.
    throw new AppError('KEY_FILE', `${path} is not a key file; it needs scheme, secret (64 hexadecimal digits) and the account that belongs to them`);
  }
}

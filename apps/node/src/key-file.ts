import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { accountToAddress, createSigner, type KeyScheme, type Signer } from '@vsys/crypto';
import { fromHex, hasCode, toHex } from '@vsys/primitives';
import { AppError } from './app-error.ts';

const SCHEMES: readonly KeyScheme[] = ['ed25519', 'secp256k1', 'vsys'];

/** Writes a key file that only its owner can read. Never over an old one: that could be the only copy of a key. */
export async function createKeyFile(path: string, scheme: KeyScheme = 'ed25519', secret: Uint8Array = new Uint8Array(randomBytes(32))): Promise<Signer> {
  const signer = createSigner(scheme, secret);
  const text = `${JSON.stringify({ scheme, secret: toHex(secret), publicKey: toHex(signer.publicKey.bytes), account: toHex(signer.account), address: accountToAddress(signer.account, 'T') }, null, 2)}\n`;
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
    await file.close();
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw new AppError('KEY_EXISTS', `${path} exists already; choose another file, a key is never overwritten`);
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
    if (!SCHEMES.includes(scheme)) throw new RangeError('scheme');
    const bytes = fromHex(secret);
    const signer = createSigner(scheme, bytes);
    if (toHex(signer.account) !== account) throw new RangeError('account');
    return { signer, secret: bytes };
  } catch {
    // The cause may quote the secret.
    throw new AppError('KEY_FILE', `${path} is not a key file; it needs scheme, secret (64 hexadecimal digits) and the account that belongs to them`);
  }
}

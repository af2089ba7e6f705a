import type { webcrypto } from 'node:crypto';
import { accountIdFromPublicKey } from '@vsys/crypto/sign';
import { clientFailure } from './client-failure.ts';
import { type KeyDatabase, openKeyDatabase } from './key-database.ts';
import type { WalletKey } from './wallet.ts';

type Pair = webcrypto.CryptoKeyPair;

/** An Ed25519 key in the page's IndexedDB, which the browser signs with and never shows. @throws ClientError CLIENT_KEYSTORE */
export async function openBrowserKey(name: string): Promise<WalletKey> {
  const subtle = globalThis.crypto?.subtle as webcrypto.SubtleCrypto | undefined;
  if (subtle === undefined) throw clientFailure('CLIENT_KEYSTORE', 'there is no WebCrypto here: pages have it when they come over https or from this machine');
  using database = await openKeyDatabase<Pair>();
  const pair = await database.read(name) ?? await makePair(subtle, database, name);
  const bytes = new Uint8Array(await subtle.exportKey('raw', pair.publicKey) as ArrayBuffer);
  return {
    publicKey: { scheme: 'ed25519', bytes },
    account: accountIdFromPublicKey('ed25519', bytes),
    sign: async (message) => new Uint8Array(await subtle.sign('Ed25519', pair.privateKey, message.slice())),
  };
}

async function makePair(subtle: webcrypto.SubtleCrypto, database: KeyDatabase<Pair>, name: string): Promise<Pair> {
  const made = await subtle.generateKey('Ed25519', false, ['sign', 'verify']).catch((cause: unknown) => {
    throw clientFailure('CLIENT_KEYSTORE', 'this browser makes no Ed25519 keys; use a newer one, or Wallet.fromSeed', { cause });
  }) as Pair;
  // Another tab may have been first: then its key is the one.
  return await database.add(name, made) ? made : await database.read(name) as Pair;
}

import { utf8ToBytes } from '@vsys/primitives';
import { secureHash } from './account.ts';
import { sha256 } from './hash.ts';
import { clampVsysSecret } from './vsys-signature.ts';

/** The 32 secret bytes of `signerFromVsysSeed`, for who has to store the key rather than the seed. */
export function vsysSecretFromSeed(seed: string, nonce: number): Uint8Array {
  const accountSeed = secureHash(utf8ToBytes(`${nonce}${seed}`));
  return clampVsysSecret(sha256(accountSeed));
}

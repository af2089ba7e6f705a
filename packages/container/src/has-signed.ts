import { type AccountId, equalBytes } from '@vsys/primitives';

/** Whether one of the keys that signed is the account's. */
export function hasSigned(account: AccountId, signers: readonly AccountId[]): boolean {
  return signers.some((signer) => equalBytes(signer, account));
}

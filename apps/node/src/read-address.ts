import { addressToAccount } from '@vsys/crypto';
import type { ChainSpec } from '@vsys/data-format';
import type { AccountId } from '@vsys/primitives';
import { explainCode } from '@vsys/rpc';
import { AppError } from './app-error.ts';

/** The letter of addresses on each kind of network. */
const LETTERS: Readonly<Record<ChainSpec['network'], string>> = { main: 'M', test: 'T', private: 'T' };

/**
 * An account in either spelling, as somebody typed it.
 *
 * @param what - names the argument, such as `--to`
 * @throws AppError ADDRESS_…: not an address, mistyped, or of another network than the chain
 */
export function readAddress(text: string, network: ChainSpec['network'], what: string): AccountId {
  const read = addressToAccount(text);
  if (!read.ok) throw new AppError(read.code, `${what} "${text}": ${read.message}; ${explainCode(read.code)?.remedy ?? ''}`);
  const { account, network: letter } = read.value;
  if (letter !== undefined && letter !== LETTERS[network]) {
    throw new AppError('ADDRESS_NETWORK', `${what} "${text}" is an address of network ${letter}, and this chain (${network}) uses ${LETTERS[network]}; ask for the right address, or give the account as 0x and 40 digits if you are sure`);
  }
  return account;
}

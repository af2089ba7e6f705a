import { existsSync } from 'node:fs';
import { type SposParams, sposParamsFromBytes } from '@vsys/consensus-spos';
import type { ChainSpec } from '@vsys/data-format';
import { fromHex } from '@vsys/primitives';
import { AppError } from './app-error.ts';
import { readKeyFile } from './key-file.ts';

/**
 * Parameters of a chain that has a stake.
 *
 * @throws AppError USAGE for chains of other modules
 */
export function stakeChain({ consensus }: ChainSpec): SposParams {
  if (!consensus.module.startsWith('spos@')) throw new AppError('USAGE', `this chain is under ${consensus.module}, which has no stake; these commands are for chains under spos`);
  const params = sposParamsFromBytes(consensus.params);
  if (!params.ok) throw new AppError('SPEC_FILE', `consensus.params: ${params.message}`);
  return params.value;
}

/**
 * A public key as somebody gave it: 64 digits, or a key file, of which the secret is not used.
 *
 * @param what - names the argument
 * @throws AppError USAGE, KEY_FILE
 */
export async function readPublicKey(text: string, what: string): Promise<Uint8Array> {
  const digits = text.replace(/^0x/, '');
  if (/^[0-9a-fA-F]{64}$/.test(digits)) return fromHex(digits);
  if (!existsSync(text)) throw new AppError('USAGE', `${what} "${text}" is neither a public key of 64 hexadecimal digits nor a key file; vsys key show FILE tells the public key`);
  const { publicKey } = (await readKeyFile(text)).signer;
  if (publicKey.scheme !== 'ed25519') throw new AppError('USAGE', `${what} "${text}" holds a key of ${publicKey.scheme}, and seats seal with ed25519; make one with: vsys key new FILE`);
  return publicKey.bytes;
}

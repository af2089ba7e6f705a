import { appRemedies, clientRemedies, driverRemedies, foundationRemedies, networkRemedies, nodeRemedies, rpcRemedies, sideRemedies } from './remedies-node.ts';
import { blockRemedies, chainRemedies, consensusRemedies, transactionRemedies } from './remedies-chain.ts';
import { attestationRemedies, databaseRemedies, formatRemedies, identityRemedies, moderationRemedies, nameRemedies, stateRemedies, storeRemedies, tokenRemedies, tombstoneRemedies } from './remedies-data.ts';

/** What happened, then what to do about it: one sentence each. */
export type Remedy = readonly [cause: string, remedy: string];

export interface Explained {
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
}

const table: ReadonlyMap<string, Remedy> = new Map([
  rpcRemedies, clientRemedies, driverRemedies, transactionRemedies, databaseRemedies, identityRemedies, nameRemedies, tokenRemedies, attestationRemedies, moderationRemedies, tombstoneRemedies, formatRemedies, stateRemedies, storeRemedies, blockRemedies, chainRemedies, consensusRemedies,
  networkRemedies, nodeRemedies, sideRemedies, appRemedies, foundationRemedies,
].flatMap((group) => Object.entries(group)));

/** Every code that a part of the platform refuses or throws with. A test holds the table to the sources, both ways. */
export const explainedCodes: readonly string[] = [...table.keys()];

/**
 * Tells what a code means and what to do, for people who meet it in an answer, a log or a receipt.
 *
 * @returns undefined for a code that is not the platform's
 * @example
 * explainCode('TX_EXPIRED')?.remedy; // sign it again with a later validUntil
 */
export function explainCode(code: string): Explained | undefined {
  const found = table.get(code);
  return found === undefined ? undefined : { code, cause: found[0], remedy: found[1] };
}

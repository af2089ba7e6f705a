import { toHex } from '@vsys/primitives';
import type { ChainSpec } from '@vsys/data-format';
import type { Client } from '@vsys/rpc/client';
import { clientFailure } from './client-failure.ts';
import { createLane, type Lane } from './lane.ts';
import type { Wallet } from './wallet.ts';

/** What all parts of one connection share. */
export interface ChainCore {
  readonly client: Client;
  readonly spec: ChainSpec;
  /** One for each key and number, so that writes at the same time take their turns. */
  lane(wallet: Wallet, lane: number | undefined): Lane;
  /** @throws ClientError CLIENT_NO_WALLET, CLIENT_TEST_WALLET */
  checkWallet(wallet: Wallet): void;
}

export function createChainCore(client: Client, spec: ChainSpec): ChainCore {
  const lanes = new Map<string, Lane>();
  return {
    client, spec,
    lane(wallet, number = 0) {
      const name = `${toHex(wallet.account)}/${number}`;
      const known = lanes.get(name) ?? createLane(client, spec, wallet, number);
      lanes.set(name, known);
      return known;
    },
    checkWallet(wallet) {
      if (wallet === undefined) throw clientFailure('CLIENT_NO_WALLET', 'a write needs a wallet that signs and pays');
      if (wallet.isPublic && spec.network !== 'test') throw clientFailure('CLIENT_TEST_WALLET', `everybody can make the key of Wallet.test, and the network of "${spec.name}" is ${spec.network}, not test`, { network: spec.network });
    },
  };
}

import { operationFromPayload as attestationOperationFromPayload } from '@vsys/attestation';
import { stakeOperationFromPayload } from '@vsys/consensus-spos/ops';
import { accountToHex } from '@vsys/crypto';
import type { Operation } from '@vsys/data-format';
import { operationFromPayload as databaseOperationFromPayload } from '@vsys/database';
import { operationFromPayload as identityOperationFromPayload } from '@vsys/identity';
import { operationFromPayload as moderationOperationFromPayload } from '@vsys/moderation';
import { operationFromPayload as nameOperationFromPayload } from '@vsys/name';
import { uint64FromBytes, type Verdict } from '@vsys/primitives';
import { operationFromPayload as tokenOperationFromPayload } from '@vsys/token';
import { COIN } from '@vsys/transaction';
import { describeAttestation } from './describe/attestation.ts';
import { describeDatabase } from './describe/database.ts';
import { describeIdentity } from './describe/identity.ts';
import { describeModeration } from './describe/moderation.ts';
import { describeName } from './describe/name.ts';
import { describeStake } from './describe/stake.ts';
import { describeToken } from './describe/token.ts';
import { plural } from './shown.ts';

type Describe = (payload: Uint8Array) => Verdict<string, string>;

/** How the operations of each container are read and told. */
const DESCRIBE: Readonly<Record<string, Describe>> = {
  attestation: (payload) => told(attestationOperationFromPayload(payload), describeAttestation),
  [COIN]: (payload) => payload.length === 28 ? { ok: true, value: `pays ${uint64FromBytes(payload, 20)} to ${accountToHex(payload.slice(0, 20))}` } : { ok: false, code: 'COIN_PAYLOAD', message: 'no transfer' },
  database: (payload) => told(databaseOperationFromPayload(payload), describeDatabase),
  identity: (payload) => told(identityOperationFromPayload(payload), describeIdentity),
  moderation: (payload) => told(moderationOperationFromPayload(payload), describeModeration),
  name: (payload) => told(nameOperationFromPayload(payload), describeName),
  spos: (payload) => told(stakeOperationFromPayload(payload), describeStake),
  token: (payload) => told(tokenOperationFromPayload(payload), describeToken),
};

/** What an operation does, in one sentence made of its bytes alone. */
export function describeOperation({ container, payload, actor }: Operation): string {
  const read = Object.hasOwn(DESCRIBE, container) ? DESCRIBE[container]?.(payload) : undefined;
  const unknown = `${container}: ${plural(payload.length, 'byte')} that are not known here`;
  const does = read === undefined ? unknown : read.ok ? read.value : `${unknown} (${read.code})`;
  return actor === undefined ? does : `${does}, acting as ${accountToHex(actor)}`;
}

function told<T>(read: Verdict<T, string>, describe: (operation: T) => string): Verdict<string, string> {
  return read.ok ? { ok: true, value: describe(read.value) } : read;
}

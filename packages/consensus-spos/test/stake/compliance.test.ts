import { describe, test } from '@jest/globals';
import { createStakeContainer, headerEvidence, stakeDefaults } from '@vsys/consensus-spos';
import { cancelLease, claim, claimBond, contend, enroll, evidence, lease, release, setKeys, setShare } from '@vsys/consensus-spos/ops';
import { sealMessage } from '@vsys/consensus/rules';
import { containerCompliance } from '@vsys/container/compliance';
import { uint64ToBytes } from '@vsys/primitives';
import { balanceKey } from '@vsys/transaction';
import { blockId, genesisAt, paramsOf, publicKeyOf, seatOf, signerOf, verifySignature } from '../support.ts';
import { accountOf, keyOf } from './stake-bench.ts';

/** As blocks of the suite have it. */
const chainId = new Uint8Array(32).fill(1);
const sign = signerOf(4);
const sealed = [0n, 1n].map((gasUsed) => {
  const header = { ...genesisAt(1_000), chainId, gasUsed };
  return { header, seal: sign(publicKeyOf(3), sealMessage(blockId(header))) };
});
const proof = headerEvidence(publicKeyOf(3).bytes, sealed[0]!, sealed[1]!);
const [ada, bob] = [accountOf(11), accountOf(12)];
const seat = (number: number): Uint8Array => accountOf(number);

describe('the container of spos', () => {
  containerCompliance({
    test,
    create: () => ({
      container: createStakeContainer(paramsOf(4, { slots: 60, gap: 4, seats: [0, 1, 2, 3].map((i) => seatOf(i, 4 * i)), stake: { ...stakeDefaults, contendFee: 10n, contendMinimum: 50n, bond: 20n, bondEpochs: 0, seatsFloor: 3 } }), { chainId, verifySignature }),
      before: [ada, bob, seat(1)].map((account) => ({ key: balanceKey(account), value: uint64ToBytes(1_000n) })),
      malformed: [
        new Uint8Array(), Uint8Array.of(0), Uint8Array.of(11), Uint8Array.of(1, 0), lease(bob, 1n).payload.slice(0, -1), Uint8Array.of(2, ...bob, 0, 0, 0, 0, 0, 0, 0, 0),
        Uint8Array.of(7, 3, 233), evidence(proof).payload.slice(0, -1), evidence(proof).payload.map((byte, i) => (i === 200 ? byte ^ 1 : byte)),
      ],
      story: [
        { payload: contend(16, keyOf(90)).payload, actor: ada, becomes: 'SPOS_NOT_ENROLLED' },
        { payload: setShare(5).payload, actor: ada, becomes: 'SPOS_NOT_ENROLLED' },
        { payload: enroll().payload, actor: ada, becomes: 'ok' },
        { payload: enroll().payload, actor: ada, becomes: 'SPOS_ENROLLED' },
        { payload: lease(ada, 1n).payload, actor: ada, becomes: 'SPOS_LEASE_SELF' },
        { payload: lease(seat(1), 2_000n).payload, actor: ada, becomes: 'SPOS_INSUFFICIENT' },
        { payload: lease(seat(1), 200n).payload, actor: ada, becomes: 'ok' },
        { payload: lease(seat(1), 300n).payload, actor: bob, becomes: 'ok' },
        { payload: claim(0).payload, actor: ada, becomes: 'ok' },
        { payload: cancelLease(0).payload, actor: bob, becomes: 'ok' },
        { payload: cancelLease(0).payload, actor: bob, becomes: 'SPOS_NO_LEASE' },
        { payload: setShare(500).payload, actor: seat(1), becomes: 'ok' },
        { payload: setShare(100).payload, actor: seat(1), becomes: 'ok' },
        // Its coins have been there for no block, by the state of the suite, which ends none: a contest that is lost is a result.
        { payload: contend(16, keyOf(90)).payload, actor: ada, becomes: 'ok' },
        { payload: contend(0, keyOf(90), keyOf(91)).payload, actor: ada, becomes: 'ok' },
        { payload: contend(17, keyOf(90)).payload, actor: ada, becomes: 'SPOS_NO_SEAT' },
        { payload: contend(16, publicKeyOf(2).bytes).payload, actor: ada, becomes: 'SPOS_KEY_TAKEN' },
        { payload: contend(16, keyOf(90)).payload, actor: seat(1), becomes: 'SPOS_HOLDS_SEAT' },
        { payload: setKeys(keyOf(92), keyOf(93)).payload, actor: seat(1), becomes: 'ok' },
        { payload: setKeys(keyOf(94)).payload, actor: ada, becomes: 'SPOS_NOT_HOLDER' },
        { payload: release(0).payload, actor: ada, becomes: 'SPOS_NOT_HOLDER' },
        { payload: release(0).payload, actor: seat(1), becomes: 'ok' },
        { payload: release(4).payload, actor: seat(2), becomes: 'SPOS_FLOOR' },
        { payload: claimBond().payload, actor: ada, becomes: 'SPOS_NO_BOND' },
        { payload: evidence(proof).payload, actor: ada, becomes: 'ok' },
        { payload: evidence(proof).payload, actor: bob, becomes: 'SPOS_EVIDENCE_KNOWN' },
        { payload: contend(0, keyOf(90)).payload, actor: seat(4), becomes: 'SPOS_BARRED' },
      ],
    }),
  });
});

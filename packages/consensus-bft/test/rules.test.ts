import { describe, expect, test } from '@jest/globals';
import {
  bftExtToBytes, bftParamsFromBytes, bftParamsFromJson, bftParamsToBytes, bftParamsToJson, bftProposer, bftQuorum, bftSealFromBytes, bftSealToBytes, createBft, createBftRules, notesFromBytes, notesToBytes, PRECOMMIT, PREVOTE,
  reproposalFromBytes, reproposalToBytes, voteFromBytes, voteMessage, voteToBytes,
} from '@vsys/consensus-bft';
import type { BftNote, Vote } from '@vsys/consensus-bft';
import { sealMessage } from '@vsys/consensus';
import { createHeaderChain } from '@vsys/consensus/rules';
import type { Header } from '@vsys/data-format';
import { createSeededRandom } from '@vsys/primitives';
import { blockId, genesisAt, paramsOf, publicKeyOf, signerOf, specOf, verifySignature } from './support.ts';

const ZERO = new Uint8Array(32);
const START_MS = 1_700_000_000_000;
const params = paramsOf(4);
const rules = createBftRules(params, ZERO, verifySignature);
const sign = signerOf(4);
const parent = { height: 4, timeMs: START_MS, validators: params.validators };
const header: Header = { ...genesisAt(START_MS + 1_000), height: 5, ext: bftExtToBytes(2) };
const id = blockId(header);

const proposal = (seat: number): Uint8Array => bftSealToBytes({ kind: 'proposal', signature: sign(publicKeyOf(seat), sealMessage(id)) });
const precommit = (seat: number, change: Partial<Vote> = {}, chainId = ZERO): { seat: number; signature: Uint8Array } =>
  ({ seat, signature: sign(publicKeyOf(seat), voteMessage(chainId, { step: PRECOMMIT, height: 5, round: 3, id, ...change })) });
const certificate = (precommits: readonly { seat: number; signature: Uint8Array }[], round = 3): Uint8Array => bftSealToBytes({ kind: 'certificate', round, precommits });
const judge = (seal: Uint8Array, change: Partial<Header> = {}) => rules.step(parent, { id, header: { ...header, ...change }, seal });

describe('seals of bft@1', () => {
  test('the proposer\'s gives no rank, a quorum of precommits gives rank and finality, and the context is one', () => {
    const [proposed, certified] = [judge(proposal(3)), judge(certificate([0, 1, 3].map((seat) => precommit(seat))))];
    expect(proposed).toMatchObject({ ok: true, value: { rank: null } });
    expect(proposed.ok && proposed.value.finalises).toBeUndefined();
    expect(certified).toMatchObject({ ok: true, value: { rank: [5n], finalises: 5 } });
    expect(proposed.ok && certified.ok && rules.encode(proposed.value.context)).toEqual(certified.ok && rules.encode(certified.value.context));
  });

  test.each([
    ['a proposal by another validator', 'BFT_SEAL', proposal(2)],
    ['two of four precommits', 'BFT_CERTIFICATE', certificate([0, 1].map((seat) => precommit(seat)))],
    ['four of four, one more than must be checked', 'BFT_CERTIFICATE', certificate([0, 1, 2, 3].map((seat) => precommit(seat)))],
    ['one validator twice', 'BFT_SEAL', certificate([0, 1, 1].map((seat) => precommit(seat)))],
    ['validators out of order', 'BFT_SEAL', certificate([1, 0, 2].map((seat) => precommit(seat)))],
    ['one that is not', 'BFT_CERTIFICATE', certificate([precommit(0), precommit(1), { seat: 4, signature: new Uint8Array(64) }])],
    ['prevotes', 'BFT_CERTIFICATE', certificate([0, 1, 2].map((seat) => precommit(seat, { step: PREVOTE })))],
    ['precommits of another round', 'BFT_CERTIFICATE', certificate([0, 1, 2].map((seat) => precommit(seat, { round: seat === 2 ? 4 : 3 })))],
    ['precommits of another height', 'BFT_CERTIFICATE', certificate([0, 1, 2].map((seat) => precommit(seat, { height: 6 })))],
    ['precommits for nothing', 'BFT_CERTIFICATE', certificate([0, 1, 2].map((seat) => precommit(seat, { id: undefined })))],
    ['precommits for another block', 'BFT_CERTIFICATE', certificate([0, 1, 2].map((seat) => precommit(seat, { id: ZERO })))],
    ['precommits of another chain', 'BFT_CERTIFICATE', certificate([0, 1, 2].map((seat) => precommit(seat, {}, new Uint8Array(32).fill(1))))],
    ['a round before the proposal', 'BFT_CERTIFICATE', certificate([0, 1, 2].map((seat) => precommit(seat, { round: 1 })), 1)],
    ['a byte too many', 'BFT_SEAL', Uint8Array.of(...proposal(3), 0)],
    ['no seal', 'BFT_SEAL', new Uint8Array()],
    ['a raw signature', 'BFT_SEAL', sign(publicKeyOf(3), sealMessage(id))],
  ])('refuses %s', (_, code, seal) => {
    expect(judge(seal)).toMatchObject({ ok: false, code });
  });

  test.each([
    ['BFT_TIME', { timeMs: START_MS + 999 }],
    ['BFT_EXT', { ext: new Uint8Array(5) }],
    ['BFT_EXT', { ext: new Uint8Array(3) }],
    ['BFT_VALIDATOR_SET', { nextSeatSetRoot: new Uint8Array(32).fill(1) }],
  ])('refuses with %s what a good seal cannot heal', (code, change) => {
    expect(judge(proposal(3), change)).toMatchObject({ ok: false, code });
  });

  test('a light client keeps what is certified and refuses a proposal', () => {
    const genesis = genesisAt(START_MS);
    const chain = createHeaderChain({ rules, spec: specOf('bft@1', bftParamsToBytes(params), START_MS), genesis });
    const first: Header = { ...genesis, height: 1, parent: blockId(genesis), timeMs: START_MS + 1_000, ext: bftExtToBytes(0) };
    const votes = [0, 2, 3].map((seat) => ({ seat, signature: sign(publicKeyOf(seat), voteMessage(ZERO, { step: PRECOMMIT, height: 1, round: 0, id: blockId(first) })) }));
    const proposed = { header: first, seal: bftSealToBytes({ kind: 'proposal', signature: sign(publicKeyOf(1), sealMessage(blockId(first))) }) };
    expect(chain.extend([proposed])).toMatchObject({ ok: false, code: 'HEADER_UNCERTIFIED' });
    expect([chain.tip.height, chain.final.height]).toEqual([0, 0]);
    expect(chain.extend([{ header: first, seal: certificate(votes, 0) }])).toMatchObject({ ok: true });
    expect([chain.tip.height, chain.final.height]).toEqual([1, 1]);
  });
});

describe('parameters of bft@1', () => {
  test('survive bytes and JSON, with defaults', () => {
    expect(bftParamsFromBytes(bftParamsToBytes(params))).toEqual({ ok: true, value: params });
    expect(bftParamsFromJson(bftParamsToJson(params))).toEqual({ ok: true, value: params });
    const json = bftParamsToJson(params) as { validators: unknown };
    expect(bftParamsFromJson({ validators: json.validators })).toMatchObject({ ok: true, value: { periodMs: 1_000, timeoutMs: 1_000, timeoutDeltaMs: 500 } });
  });

  test.each([
    ['a period of 9 ms', { periodMs: 9 }], ['a timeout above a minute', { timeoutMs: 60_001 }], ['timeouts that do not grow', { timeoutDeltaMs: 0 }], ['nobody', { validators: [] }],
    ['one key twice', { validators: params.validators.map((one) => ({ ...one, key: ZERO })) }], ['too many', { validators: Array.from({ length: 129 }, (_, i) => ({ account: new Uint8Array(20).fill(i), key: new Uint8Array(32).fill(i) })) }],
  ])('refuse %s', (_, wrong) => {
    expect(bftParamsFromBytes(bftParamsToBytes({ ...params, ...wrong }))).toMatchObject({ ok: false, code: 'BFT_PARAMS' });
  });

  test.each([[null], [{}], [{ validators: 1 }], [{ validators: [], periodms: 1 }], [{ validators: [{ account: 'x', key: 'y' }] }], [{ validators: [{ account: '00'.repeat(20), key: 'zz'.repeat(32) }] }]])('refuse the JSON %j', (json) => {
    expect(bftParamsFromJson(json)).toMatchObject({ ok: false, code: 'BFT_PARAMS' });
  });

  test('two quorums share an honest validator as long as fewer than a third are not', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 10, 100].map(bftQuorum)).toEqual([1, 2, 3, 3, 4, 5, 5, 7, 67]);
    for (let n = 1; n <= 128; n++) expect(2 * bftQuorum(n) - n).toBeGreaterThan(Math.floor((n - 1) / 3));
    for (let n = 1; n <= 128; n++) expect(n - bftQuorum(n)).toBe(Math.floor((n - 1) / 3));
  });

  test('each round is the next one\'s turn, and operators see what the set bears', () => {
    expect([0, 1, 2, 3, 4].map((round) => bftProposer(params, 5, round))).toEqual([1, 2, 3, 0, 1]);
    const opened = createBft({ verifySignature }).open(bftParamsToBytes(params), ZERO);
    expect(opened.ok && opened.value.describe()).toEqual({ validators: 4, periodMs: 1_000, quorum: 3, validatorsThatMayBeAway: 1, validatorsThatStopTheChain: 2, equivocatorsThatBreakSafety: 2 });
  });
});

describe('bytes of bft@1', () => {
  const cast: Vote = { height: 9, round: 2, step: PREVOTE, id, seat: 300, signature: new Uint8Array(64).fill(5) };
  const notes: readonly BftNote[] = [
    { kind: 'vote', vote: cast }, { kind: 'vote', vote: { ...cast, id: undefined } }, { kind: 'reproposal', reproposal: { height: 9, round: 2, validRound: 1, id, seat: 7, signature: cast.signature } },
    { kind: 'status', height: 9, round: 1, atMs: START_MS }, { kind: 'holds', height: 9, round: 1, id },
  ];

  test('votes, reproposals, notes and seals are round trips', () => {
    expect(voteFromBytes(voteToBytes(cast))).toEqual(cast);
    const again = { height: 9, round: 2, validRound: 1, id, seat: 7, signature: cast.signature };
    expect(reproposalFromBytes(reproposalToBytes(again))).toEqual(again);
    expect(reproposalFromBytes(reproposalToBytes({ ...again, validRound: 2 }))).toBeUndefined();
    expect(notesFromBytes(notesToBytes(notes))).toEqual(notes);
    const seal = { kind: 'certificate', round: 3, precommits: [precommit(0), precommit(2)] } as const;
    expect(bftSealFromBytes(bftSealToBytes(seal))).toEqual(seal);
  });

  test('a vote for nothing with an id, an unknown step, and what is cut off are no votes', () => {
    const bytes = voteToBytes({ ...cast, id: undefined });
    expect(voteFromBytes(bytes.with(20, 1))).toBeUndefined();
    expect(voteFromBytes(bytes.with(12, 1))).toBeUndefined();
    expect(voteFromBytes(bytes.with(15, 2))).toBeUndefined();
    expect(voteFromBytes(bytes.slice(1))).toBeUndefined();
    expect(notesFromBytes(notesToBytes(notes).slice(0, -1))).toBeUndefined();
    expect(notesFromBytes(new Uint8Array())).toBeUndefined();
  });

  test('1,040 notes fit a message, and one more is none', () => {
    const many = notesToBytes(Array.from({ length: 1_040 }, () => notes[0]!));
    expect(notesFromBytes(many)).toHaveLength(1_040);
    expect(notesFromBytes(Uint8Array.of(...many, ...notesToBytes([notes[0]!])))).toBeUndefined();
  });

  test('what was garbled never throws, and what is read re-encodes to itself', () => {
    const random = createSeededRandom(11);
    const good = notesToBytes(notes);
    for (let i = 0; i < 5_000; i++) {
      const bytes = good.slice(0, 1 + random.below(good.length));
      for (let flips = random.below(4); flips > 0; flips--) bytes[random.below(bytes.length)] = random.below(256);
      const read = notesFromBytes(bytes);
      if (read !== undefined) expect(notesToBytes(read)).toEqual(bytes);
      const seal = bftSealFromBytes(bytes);
      if (seal !== undefined) expect(bftSealToBytes(seal)).toEqual(bytes);
    }
  });
});

import { describe, expect, test } from '@jest/globals';
import { bftExtToBytes, bftParamsToBytes, bftQuorum, bftSealToBytes, createBft, createBftRules, PRECOMMIT, PREVOTE, verifyBftEvidence, voteMessage } from '@vsys/consensus-bft';
import type { BftValidator } from '@vsys/consensus-bft';
import { authoritiesRoot, authoritiesToBytes, authorityListKey } from '@vsys/consensus';
import { createHeaderChain } from '@vsys/consensus/rules';
import type { Header, SealedHeader } from '@vsys/data-format';
import { equalBytes } from '@vsys/primitives';
import { castIn, oneEngine } from './one-engine.ts';
import { blockId, genesisAt, paramsOf, publicKeyOf, signerOf, specOf, verifySignature } from './support.ts';

const ZERO = new Uint8Array(32);
const START_MS = 1_700_000_000_000;
const params = paramsOf(4);
const rules = createBftRules(params, ZERO, verifySignature);
const sign = signerOf(8);
const someone = (i: number): BftValidator => ({ account: new Uint8Array(20).fill(i + 1), key: publicKeyOf(i).bytes });
const four = params.validators;
const five = [...four, someone(4)];

const genesis = genesisAt(START_MS);
/** A header that a quorum of those validators decided; with `next` it names who decides from then on. */
function decided(parent: Header, validators: readonly BftValidator[], next?: readonly BftValidator[], change: Partial<Header> = {}): SealedHeader {
  const header: Header = {
    ...parent, height: parent.height + 1, parent: blockId(parent), timeMs: parent.timeMs + 1_000, ext: bftExtToBytes(0, next), seatSetRoot: parent.nextSeatSetRoot,
    nextSeatSetRoot: next === undefined ? parent.nextSeatSetRoot : authoritiesRoot(next), ...change,
  };
  const message = voteMessage(ZERO, { step: PRECOMMIT, height: header.height, round: 0, id: blockId(header) });
  const precommits = validators.slice(0, bftQuorum(validators.length)).map(({ key }, seat) => ({ seat, signature: sign({ scheme: 'ed25519', bytes: key }, message) }));
  return { header, seal: bftSealToBytes({ kind: 'certificate', round: 0, precommits }) };
}
const lightClient = () => createHeaderChain({ rules, spec: specOf('bft@1', bftParamsToBytes(params), START_MS), genesis });

describe('headers of bft@1 whose validators change', () => {
  test('are followed by a light client with nothing else: each by the certificate of those whom the one before names', () => {
    const chain = lightClient();
    const three = five.slice(1, 4);
    const first = decided(genesis, four, five);
    const second = decided(first.header, five);
    const third = decided(second.header, five, five.slice(1));
    const fourth = decided(third.header, five.slice(1), three);
    expect(chain.extend([first, second, third, fourth])).toMatchObject({ ok: true });
    expect(chain.tip.context.validators).toEqual(three);
    // Below four all must sign.
    expect(bftQuorum(3)).toBe(3);
    const two = decided(fourth.header, three);
    const precommits = [0, 1].map((seat) => ({ seat, signature: sign(publicKeyOf(seat + 1), voteMessage(ZERO, { step: PRECOMMIT, height: 5, round: 0, id: blockId(two.header) })) }));
    expect(chain.extend([{ ...two, seal: bftSealToBytes({ kind: 'certificate', round: 0, precommits }) }])).toMatchObject({ ok: false, code: 'BFT_CERTIFICATE' });
    expect(chain.extend([two])).toMatchObject({ ok: true });
    expect(rules.decode(rules.encode(chain.tip.context))).toEqual(chain.tip.context);
  });

  test('are refused when those of the height before decided them', () => {
    const chain = lightClient();
    const first = decided(genesis, four, four.slice(0, 3));
    expect(chain.extend([first])).toMatchObject({ ok: true });
    expect(chain.extend([decided(first.header, [four[0]!, four[1]!, four[3]!])])).toMatchObject({ ok: false, code: 'BFT_CERTIFICATE' });
  });

  test.each<readonly [string, string, readonly BftValidator[] | undefined, Partial<Header>]>([
    ['another root than that of the list', 'BFT_VALIDATOR_SET', five, { nextSeatSetRoot: authoritiesRoot(four) }],
    ['a root and no list', 'BFT_VALIDATOR_SET', undefined, { nextSeatSetRoot: authoritiesRoot(five) }],
    ['a list that is the old one', 'BFT_VALIDATOR_SET', four, {}],
    ['nobody', 'BFT_VALIDATOR_SET', [], {}],
    ['one key twice', 'BFT_VALIDATOR_SET', [...four.slice(0, 3), { ...someone(4), key: four[0]!.key }], {}],
    ['half of them at once', 'BFT_VALIDATOR_SET', [...four.slice(0, 2), someone(4), someone(5)], {}],
    ['a list that is cut off', 'BFT_EXT', undefined, { ext: Uint8Array.of(0, 0, 0, 0, ...authoritiesToBytes(five).slice(1)), nextSeatSetRoot: authoritiesRoot(five) }],
  ])('are refused with %s', (_, code, next, change) => {
    expect(lightClient().extend([decided(genesis, four, next, change)])).toMatchObject({ ok: false, code });
  });

  test('say what the state says: the list of the container, once it is another one', async () => {
    const { complete } = rules;
    const context = { height: 4, timeMs: START_MS, validators: four };
    const child = { height: 5, timeMs: START_MS + 1_000, seatSetRoot: ZERO, nextSeatSetRoot: ZERO };
    const stateWith = (list: readonly BftValidator[] | undefined) => ({ get: async (key: Uint8Array) => (equalBytes(key, authorityListKey('bft')) && list !== undefined ? authoritiesToBytes(list) : undefined) });
    const same = { ext: bftExtToBytes(2), nextSeatSetRoot: ZERO };
    const changed = { ext: bftExtToBytes(2, five), nextSeatSetRoot: authoritiesRoot(five) };
    expect(await complete!(context, { ...child, ext: bftExtToBytes(2) }, stateWith(undefined))).toEqual(same);
    expect(await complete!(context, { ...child, ext: bftExtToBytes(2) }, stateWith(four))).toEqual(same);
    expect(await complete!(context, { ...child, ext: bftExtToBytes(2) }, stateWith(five))).toEqual(changed);
    // Completing what is complete changes nothing, and a list that the state has not is taken away.
    expect(await complete!(context, { ...child, ...changed }, stateWith(five))).toEqual(changed);
    expect(await complete!(context, { ...child, ...changed }, stateWith(four))).toEqual(same);
    // What no header may say is not said: the state may hold it where the list changed before the era of this module.
    expect(await complete!(context, { ...child, ext: bftExtToBytes(2) }, stateWith([four[0]!, ...[4, 5, 6].map(someone)]))).toEqual(same);
  });

  test('tell operators what the present set bears', () => {
    const opened = createBft({ verifySignature }).open(bftParamsToBytes(params), ZERO);
    expect(opened.ok && opened.value.describe({ height: 9, timeMs: START_MS, validators: [...five, someone(5), someone(6)] })).toMatchObject({ validators: 7, quorum: 5, equivocatorsThatBreakSafety: 3 });
  });
});

describe('a validator whose set changes', () => {
  test('that was removed signs nothing from the next height on', () => {
    const engine = oneEngine({ seat: 3, height: 1 });
    engine.follow(four.slice(0, 3));
    engine.tickTo(4);
    expect([engine.cast, engine.built, engine.saved]).toEqual([[], [], undefined]);
  });

  test('that was removed is not counted, and costs its senders', () => {
    const engine = oneEngine({ height: 1 });
    engine.follow([four[0]!, four[1]!, four[2]!]);
    engine.tickTo(0);
    const vote = engine.vote(3, PREVOTE, 0, undefined);
    for (const seat of [1, 2, 3]) {
      engine.receive([{ kind: 'vote', vote: { ...vote, seat } }]);
      expect(engine.judged).toBe('reject');
    }
    expect(engine.state.tally.get(0)?.prevotes.has(3) ?? false).toBe(false);
  });

  test('that was added votes, and proposes in its turn', () => {
    const engine = oneEngine({ seat: 4 });
    engine.tickTo(2);
    expect([engine.cast, engine.saved]).toEqual([[], undefined]);
    engine.follow(five);
    engine.tickTo(0);
    const id = engine.propose(0);
    expect(castIn(engine, PREVOTE, 0)).toEqual(id);
    // Height 2, round 2.
    engine.tickTo(2);
    expect(engine.built).toEqual([2]);
  });

  test('decides by the quorum of the new set', () => {
    const seven = [...five, someone(5), someone(6)];
    const engine = oneEngine({ validators: 7 });
    engine.follow(seven.slice(0, 5));
    engine.tickTo(0);
    const id = engine.propose(0);
    engine.prevotes(0, id, [1, 2, 3]);
    engine.precommits(0, id, [1, 2]);
    expect(engine.decided).toBeUndefined();
    engine.precommits(0, id, [3]);
    expect(engine.decided).toEqual(id);
  });

  test('does not blame peers for votes of a height whose validators it does not know yet', () => {
    const engine = oneEngine({ height: 1 });
    engine.tickTo(0);
    const ofNext = engine.vote(4, PREVOTE, 0, undefined, 3);
    engine.receive([{ kind: 'vote', vote: ofNext }]);
    expect(engine.judged).toBe('ignore');
    engine.receive([{ kind: 'vote', vote: { ...ofNext, seat: 2 } }]);
    expect(engine.judged).toBe('ignore');
  });

  test('forgets votes that waited for the height, of seats that another key has then', () => {
    const engine = oneEngine({ height: 1 });
    engine.tickTo(0);
    for (const seat of [1, 2]) engine.receive([{ kind: 'vote', vote: engine.vote(seat, PREVOTE, 0, undefined, 3) }]);
    expect(engine.state.next).toHaveLength(2);
    engine.follow([four[0]!, four[1]!, someone(5), four[3]!]);
    expect([...(engine.state.tally.get(0)?.prevotes.keys() ?? [])]).toEqual([1]);
  });

  test('shows double signing by the key, so the proof holds whatever the set is by then', () => {
    const engine = oneEngine({ height: 1 });
    engine.follow([four[0]!, four[3]!, four[1]!]);
    engine.tickTo(0);
    for (const id of [undefined, new Uint8Array(32).fill(1)]) engine.receive([{ kind: 'vote', vote: { ...engine.vote(3, PREVOTE, 0, id), seat: 1 } }]);
    const shown = verifyBftEvidence(ZERO, verifySignature, engine.evidence[0]!);
    expect(shown).toMatchObject({ ok: true, value: { key: publicKeyOf(3).bytes, height: 3 } });
    expect(castIn(engine, PREVOTE, 0)).toBeUndefined();
  });
});

import { describe, expect, test } from '@jest/globals';
import { type ContainerBench, createContainerBench } from '@vsys/container/compliance';
import { databaseId, databaseKey, databaseToRecord, documentKey, documentPrefix, documentToRecord } from '@vsys/database/layout';
import { fromHex, startsWithBytes, toHex } from '@vsys/primitives';
import { createModerationContainer, moderationLimits as limits } from '../src/index.ts';
import { markedByKey, markedInKey, markFromRecord, markKey, type MarkRecord, moderatorFromRecord, moderatorKey, type Target, targetFromBytes, targetId, targetsOver, targetToBytes } from '../src/layout.ts';
import { describeModerator, moderationOf } from '../src/ops.ts';

const [ada, bob, watch, guard] = [1, 2, 3, 4].map((n) => new Uint8Array(20).fill(n)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const world = databaseId(ada, 'world');
const idKey = Uint8Array.of(0x20, 1, 2);
const document: Extract<Target, { kind: 'document' }> = { kind: 'document', database: world, collection: 'pages', idKey };
const targets: readonly Target[] = targetsOver(document, ada);
const EMPTY = Uint8Array.of(5, 0, 0, 0, 0);

function withModerators(): ContainerBench {
  const bench = createContainerBench(createModerationContainer(), {
    before: [
      { key: databaseKey(world), value: databaseToRecord({ owner: ada, name: 'world' }) },
      { key: documentKey(documentPrefix(world, 'pages'), idKey), value: documentToRecord(1n, 1, EMPTY, { owner: bob }) },
    ],
  });
  for (const moderator of [watch, guard]) expect(bench.run(describeModerator('Watch'), moderator)).toMatchObject({ ok: true });
  return bench;
}
const mark = (bench: ContainerBench, moderator: Uint8Array, target: Target): MarkRecord => markFromRecord(bench.get(markKey(moderator, target)) as Uint8Array);
const count = (bench: ContainerBench, prefix: Uint8Array): number => [...bench.state.keys()].filter((key) => startsWithBytes(fromHex(key), prefix)).length;

describe('a mark', () => {
  test.each(targets)('on a $kind is found by moderator, by target and in its database, says why, and leaves nothing when it is taken off', (target) => {
    const bench = withModerators();
    const before = new Map(bench.state);
    bench.to(7);
    expect(bench.run(moderationOf(target).mark('fraud', 'sells what is not there'), watch)).toMatchObject({ ok: true });
    expect(bench.run(moderationOf(target).mark('spam'), guard)).toMatchObject({ ok: true });
    expect(mark(bench, watch, target)).toEqual({ target, reason: 'fraud', note: 'sells what is not there', at: 7 });
    expect([count(bench, markKey(watch)), count(bench, markedByKey(target)), count(bench, markedInKey(world))]).toEqual([1, 2, target.kind === 'person' ? 0 : 2]);
    expect(bench.run(moderationOf(target).unmark(), guard)).toMatchObject({ ok: true });
    expect(bench.get(markedByKey(target, watch))).toBeDefined();
    expect(bench.run(moderationOf(target).unmark(), watch)).toMatchObject({ ok: true });
    expect(bench.state).toEqual(before);
  });

  test('changes nothing of what it is about', () => {
    const bench = withModerators();
    const before = new Map(bench.state);
    for (const target of targets) bench.run(moderationOf(target).mark('fraud'), watch);
    for (const [key, value] of before) expect(bench.state.get(key)).toEqual(value);
  });

  test('is its moderator\'s: nobody else takes it off or answers for it', () => {
    const bench = withModerators();
    bench.run(moderationOf(document).mark('fraud'), watch);
    for (const call of [moderationOf(document).unmark(), moderationOf(document).answer('x')]) for (const by of [ada, guard]) expect(bench.run(call, by)).toMatchObject({ code: 'MODERATION_NO_MARK' });
    expect(bench.run(moderationOf(document).mark('fraud'), ada)).toMatchObject({ code: 'MODERATION_NO_MODERATOR' });
  });

  test('is not doubled; with another reason it is a new one', () => {
    const bench = withModerators();
    bench.run(moderationOf(document).mark('fraud'), watch);
    expect(bench.run(moderationOf(document).mark('spam'), watch)).toMatchObject({ code: 'MODERATION_MARKED' });
    bench.run(moderationOf(document).unmark(), watch);
    expect(bench.run(moderationOf(document).mark('spam'), watch)).toMatchObject({ ok: true });
  });
});

describe('an appeal', () => {
  test.each([
    ['person', ada, [bob, watch]], ['database', ada, [bob, watch]], ['collection', ada, [bob, watch]], ['document', ada, [watch, guard]], ['document', bob, [watch, guard]],
  ] as const)('against a mark on a %s is made by whom it hits, and by nobody else', (kind, party, others) => {
    const target = targets.find((one) => one.kind === kind) as Target;
    const bench = withModerators();
    bench.run(moderationOf(target).mark('fraud'), watch);
    for (const other of others) expect(bench.run(moderationOf(target).appeal(watch, 'no'), other)).toMatchObject({ code: 'MODERATION_NOT_PARTY' });
    bench.to(9);
    expect(bench.run(moderationOf(target).appeal(watch, 'it is there'), party)).toMatchObject({ ok: true });
    expect(mark(bench, watch, target).appeal).toEqual({ by: party, text: 'it is there', at: 9 });
  });

  test('is made once and answered once, and the mark stays until it is taken off', () => {
    const bench = withModerators();
    const page = moderationOf(document);
    expect(bench.run(page.appeal(watch, 'no'), ada)).toMatchObject({ code: 'MODERATION_NO_MARK' });
    bench.run(page.mark('fraud'), watch);
    expect(bench.run(page.answer('yes'), watch)).toMatchObject({ code: 'MODERATION_NO_APPEAL' });
    bench.run(page.appeal(watch, 'no'), ada);
    expect(bench.run(page.appeal(watch, 'no again'), bob)).toMatchObject({ code: 'MODERATION_APPEALED', data: { at: 1 } });
    bench.to(5);
    expect(bench.run(page.answer('yes'), watch)).toMatchObject({ ok: true });
    expect(bench.run(page.answer('yes again'), watch)).toMatchObject({ code: 'MODERATION_ANSWERED', data: { at: 5 } });
    expect(mark(bench, watch, document)).toMatchObject({ appeal: { by: ada, text: 'no', at: 1 }, answer: { text: 'yes', at: 5 } });
    bench.run(page.unmark(), watch);
    bench.run(page.mark('spam'), watch);
    expect(mark(bench, watch, document).appeal).toBeUndefined();
  });

  test('against a mark on what is not there is nobody\'s, and the moderator still takes it off', () => {
    const bench = withModerators();
    const ghost = moderationOf({ kind: 'database', database: databaseId(bob, 'none') });
    bench.run(ghost.mark('spam'), watch);
    expect(bench.run(ghost.appeal(watch, 'no'), bob)).toMatchObject({ code: 'MODERATION_NOT_PARTY' });
    expect(bench.run(ghost.unmark(), watch)).toMatchObject({ ok: true });
  });
});

test('a moderator describes itself anew, and is one since it first did', () => {
  const bench = withModerators();
  bench.to(5);
  bench.run(describeModerator('Watch of Orchid', 'https://orchid.example'), watch);
  expect(moderatorFromRecord(bench.get(moderatorKey(watch)) as Uint8Array)).toEqual({ description: 'Watch of Orchid', uri: 'https://orchid.example', since: 1 });
});

test('targets have one spelling each, and one id each', () => {
  for (const target of targets) expect(targetFromBytes(targetToBytes(target))).toEqual({ ok: true, value: target });
  const others: readonly Target[] = [...targets, { ...document, idKey: Uint8Array.of(0x20, 1) }, { ...document, collection: 'page' }, { kind: 'person', account: world }];
  expect(new Set(others.map((target) => toHex(targetId(target)))).size).toBe(others.length);
});

describe('limits', () => {
  const page = moderationOf(document);
  test.each([
    ['a description', (n: number) => describeModerator('d'.repeat(n)), limits.descriptionBytesMax, 'MODERATION_LIMIT'],
    ['a uri', (n: number) => describeModerator('d', 'u'.repeat(n)), limits.uriBytesMax, 'MODERATION_LIMIT'],
    ['a reason', (n: number) => page.mark('r'.repeat(n)), limits.reasonBytesMax, 'MODERATION_LIMIT'],
    ['a note', (n: number) => page.mark('r', 'n'.repeat(n)), limits.noteBytesMax, 'MODERATION_LIMIT'],
    ['an appeal', (n: number) => page.appeal(watch, 'a'.repeat(n)), limits.statementBytesMax, 'MODERATION_LIMIT'],
    ['an answer', (n: number) => page.answer('a'.repeat(n)), limits.statementBytesMax, 'MODERATION_LIMIT'],
    ['the _id of a document', (n: number) => moderationOf({ ...document, idKey: new Uint8Array(n) }).unmark(), 200, 'MODERATION_PAYLOAD'],
    ['the name of a collection', (n: number) => moderationOf({ ...document, collection: 'c'.repeat(n) }).unmark(), 64, 'MODERATION_PAYLOAD'],
  ] as const)('of %s: it passes at the limit and is refused one past', (_, make, max, code) => {
    expect(() => make(max)).not.toThrow();
    expect(() => make(max + 1)).toThrow(expect.objectContaining({ code }) as never);
  });

  test.each([
    ['no reason', () => page.mark('')], ['a reason in capitals', () => page.mark('Fraud')], ['a note that turns its direction', () => page.mark('fraud', '\u202e')], ['a short moderator', () => page.appeal(ada.slice(1), 'x')],
    ['a short account', () => moderationOf({ kind: 'person', account: ada.slice(1) }).unmark()], ['no _id', () => moderationOf({ ...document, idKey: new Uint8Array() }).unmark()],
  ] as const)('%s is refused before it is signed', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'MODERATION_PAYLOAD' }) as never);
  });
});

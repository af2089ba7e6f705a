import { describe, expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { memberKey, type Member, type Rule } from '../src/layout.ts';
import { avatarOps, createAvatar, createOrganisation, setOrganisation } from '../src/ops.ts';
import { account, type Bench, createBench, idOf } from './harness.ts';

const [ada, bob, eve, dan] = [1, 2, 3, 4].map(account) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const rule = (container: string, action: string, role: string, threshold: number): Rule => ({ container, action, role, threshold });
const member = (id: Uint8Array, ...roles: string[]): Member => ({ id, roles });
const rules = [rule('*', '*', 'board', 2), rule('database', '*', 'editor', 1), rule('database', 'delete', 'board', 1), rule('identity', 'represent', 'board', 1)];
const members = [member(ada, 'board', 'editor'), member(bob, 'board'), member(eve, 'editor')];

function withGuild(): { bench: Bench; guild: Uint8Array } {
  const bench = createBench();
  return { bench, guild: idOf(bench.run(createOrganisation(members, rules), ada)) };
}

describe('an organisation', () => {
  test('acts by the closest rule: of the action, of its container, of everything', () => {
    const { bench, guild } = withGuild();
    expect(bench.may(guild, 'database', 'insert', eve)).toBe('ok');
    expect(bench.may(guild, 'database', 'insert', bob)).toBe('IDENTITY_ROLE');
    expect(bench.may(guild, 'database', 'delete', eve)).toBe('IDENTITY_ROLE');
    expect(bench.may(guild, 'database', 'delete', bob)).toBe('ok');
    expect(bench.may(guild, 'coin', '', ada)).toBe('IDENTITY_ROLE');
    expect(bench.may(guild, 'coin', '', ada, bob)).toBe('ok');
    expect(bench.may(guild, 'database', 'insert', dan)).toBe('IDENTITY_ROLE');
  });

  test('without a rule for an action does not act at all', () => {
    const bench = createBench();
    const guild = idOf(bench.run(createOrganisation(members, [rule('database', '*', 'editor', 1)]), ada));
    expect(bench.may(guild, 'coin', '', ada, bob, eve)).toBe('IDENTITY_NO_RULE');
  });

  test('changes its members by its own rule, and whoever left can do nothing', () => {
    const { bench, guild } = withGuild();
    const next = [member(ada, 'board', 'editor'), member(dan, 'board')];
    expect(bench.run(setOrganisation(guild, next, rules), ada)).toMatchObject({ code: 'IDENTITY_ROLE' });
    expect(bench.run(setOrganisation(guild, next, rules), ada, bob)).toMatchObject({ ok: true });
    expect(bench.may(guild, 'database', 'insert', eve)).toBe('IDENTITY_ROLE');
    expect(bench.may(guild, 'coin', '', ada, dan)).toBe('ok');
    expect([ada, bob, dan].map((one) => bench.state.has(toHex(memberKey(one, guild))))).toEqual([true, false, true]);
  });

  test('cannot be left with a rule that nobody can meet', () => {
    expect(() => createOrganisation([member(ada, 'board')], rules)).toThrow(expect.objectContaining({ code: 'IDENTITY_THRESHOLD' }) as never);
  });

  test('has avatars as members, by whatever keys they have now', () => {
    const bench = createBench();
    const avatar = idOf(bench.run(createAvatar({ of: [eve], threshold: 1 }), eve));
    const guild = idOf(bench.run(createOrganisation([member(avatar, 'editor')], [rule('*', '*', 'editor', 1)]), ada));
    expect(bench.may(guild, 'database', 'insert', eve)).toBe('ok');
    bench.run(avatarOps(avatar).setKeys({ of: [dan], threshold: 1 }), eve);
    expect(bench.may(guild, 'database', 'insert', eve)).toBe('IDENTITY_ROLE');
    expect(bench.may(guild, 'database', 'insert', dan)).toBe('ok');
  });

  test('has organisations as members, which agree by their own rule to represent them', () => {
    const { bench, guild } = withGuild();
    const federation = idOf(bench.run(createOrganisation([member(guild, 'guild')], [rule('*', '*', 'guild', 1)]), ada));
    expect(bench.may(federation, 'coin', '', ada)).toBe('ok');
    expect(bench.may(federation, 'coin', '', eve)).toBe('IDENTITY_ROLE');
  });

  test('one person with two memberships counts once', () => {
    const bench = createBench();
    const twoOf = [rule('*', '*', 'board', 2)];
    expect(() => createOrganisation([member(ada, 'board'), member(ada, 'board')], twoOf)).toThrow(expect.objectContaining({ code: 'IDENTITY_PAYLOAD' }) as never);
    const guild = idOf(bench.run(createOrganisation([member(ada, 'board'), member(bob, 'board')], twoOf), ada));
    expect(bench.may(guild, 'coin', '', ada)).toBe('IDENTITY_ROLE');
  });

  test('is followed four deep and no further, also in a ring', () => {
    const bench = createBench();
    let inner = ada;
    const chain: Uint8Array[] = [];
    for (let i = 0; i < 6; i++) chain.push(inner = idOf(bench.run(createOrganisation([member(inner, 'one')], [rule('*', '*', 'one', 1)]), ada)));
    expect(chain.map((one) => bench.may(one, 'coin', '', ada))).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'IDENTITY_TOO_DEEP']);
    const [first, last] = [chain[0] as Uint8Array, chain[4] as Uint8Array];
    expect(bench.run(setOrganisation(first, [member(last, 'one')], [rule('*', '*', 'one', 1)]), ada)).toMatchObject({ ok: true });
    expect(bench.may(last, 'coin', '', ada)).toBe('IDENTITY_TOO_DEEP');
  });

  test('costs one question no more than the most that it may look at', () => {
    const bench = createBench();
    const wide = (): Uint8Array => idOf(bench.run(createOrganisation(Array.from({ length: 64 }, (_, i) => member(account(100 + i), 'one')), [rule('*', '*', 'one', 1)]), ada));
    const three = [wide(), wide(), wide()];
    const top = idOf(bench.run(createOrganisation(three.map((one) => member(one, 'one')), [rule('*', '*', 'one', 1)]), ada));
    expect(bench.may(top, 'coin', '', ada)).toBe('IDENTITY_TOO_DEEP');
  });

  test('65 members, 33 rules and 9 roles of one member are too many; one less is not', () => {
    const many = (n: number): Member[] => Array.from({ length: n }, (_, i) => member(account(i), 'one'));
    const some = (n: number): Rule[] => Array.from({ length: n }, (_, i) => rule(`c${i}`, '*', 'one', 1));
    const roles = (n: number): string[] => Array.from({ length: n }, (_, i) => i === 0 ? 'one' : `r${i}`);
    expect(() => createOrganisation(many(64), some(32))).not.toThrow();
    expect(() => createOrganisation([member(ada, ...roles(8))], some(1))).not.toThrow();
    for (const build of [() => createOrganisation(many(65), some(1)), () => createOrganisation(many(1), some(33)), () => createOrganisation([member(ada, ...roles(9))], some(1))]) {
      expect(build).toThrow(expect.objectContaining({ code: 'IDENTITY_LIMIT' }) as never);
    }
  });
});

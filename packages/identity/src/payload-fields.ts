import { type AccountId, accept, equalBytes, refuse, type Verdict } from '@vsys/primitives';
import { type Document, isArray, isDocument, type Value } from '@vsys/data-format/value';
import type { Guardians, Member, Quorum, Rule } from './layout.ts';
import { identityLimits as limits } from './limits.ts';

export type IdentityPayloadCode = 'IDENTITY_PAYLOAD' | 'IDENTITY_LIMIT' | 'IDENTITY_THRESHOLD';

/** Names of roles, containers and actions. */
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,31}$/;

export const malformed = (why: string): Verdict<never, 'IDENTITY_PAYLOAD'> => refuse('IDENTITY_PAYLOAD', `the payload is not an operation of identities: ${why}`);

/** Whether an object has just these fields. */
export function hasFields(value: Value | undefined, names: readonly string[]): value is Document {
  return isDocument(value) && value.size === names.length && names.every((name) => value.has(name));
}

/** 20 bytes, of an account or an identity. */
export function readId(value: Value | undefined, what: string): Verdict<AccountId, IdentityPayloadCode> {
  const isBinary = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'binary';
  return isBinary && value.subtype === 0 && value.bytes.length === 20 ? accept(value.bytes) : malformed(`${what} is 20 bytes of an account or an identity`);
}

export function readQuorum(value: Value | undefined, what: 'keys' | 'guardians', max: number, extra: readonly string[] = []): Verdict<Quorum, IdentityPayloadCode> {
  if (!hasFields(value, ['of', 'threshold', ...extra])) return malformed(`"${what}" has ${['of', 'threshold', ...extra].map((name) => `"${name}"`).join(', ')}`);
  const list = value.get('of');
  if (!isArray(list)) return malformed(`"of" of "${what}" is a list`);
  if (list.length === 0 || list.length > max) return refuse('IDENTITY_LIMIT', `there are 1 to ${max} ${what}, found ${list.length}`);
  const of: AccountId[] = [];
  for (const one of list) {
    const id = readId(one, `each of "${what}"`);
    if (!id.ok) return id;
    if (of.some((other) => equalBytes(other, id.value))) return malformed(`one of "${what}" is there twice, and would count twice`);
    of.push(id.value);
  }
  const threshold = wholeFrom(value.get('threshold'), 1, list.length);
  if (threshold === undefined) return refuse('IDENTITY_THRESHOLD', `the threshold of ${list.length} ${what} is 1 to ${list.length}`);
  return accept({ of, threshold });
}

export function readGuardians(value: Value | undefined): Verdict<Guardians, IdentityPayloadCode> {
  const quorum = readQuorum(value, 'guardians', limits.guardiansMax, ['delay']);
  if (!quorum.ok) return quorum;
  const delay = wholeFrom((value as Document).get('delay'), 1, limits.delayMax);
  return delay === undefined ? refuse('IDENTITY_LIMIT', `the delay is 1 to ${limits.delayMax} blocks`) : accept({ ...quorum.value, delay });
}

export function readMembers(value: Value | undefined): Verdict<readonly Member[], IdentityPayloadCode> {
  if (!isArray(value)) return malformed('"members" is a list');
  if (value.length === 0 || value.length > limits.membersMax) return refuse('IDENTITY_LIMIT', `an organisation has 1 to ${limits.membersMax} members; beyond that, organisations can be members`);
  const members: Member[] = [];
  for (const one of value) {
    const roles = hasFields(one, ['id', 'roles']) ? one.get('roles') : undefined;
    if (!hasFields(one, ['id', 'roles']) || !isArray(roles)) return malformed('a member has "id" and a list of "roles"');
    const id = readId(one.get('id'), 'the id of a member');
    if (!id.ok) return id;
    if (members.some((other) => equalBytes(other.id, id.value))) return malformed('a member is there twice, and would count twice');
    if (roles.length > limits.rolesPerMemberMax) return refuse('IDENTITY_LIMIT', `a member has at most ${limits.rolesPerMemberMax} roles`);
    if (!roles.every((role) => typeof role === 'string' && NAME.test(role)) || new Set(roles).size !== roles.length) return malformed('roles are names of 1 to 32 letters, digits and "-", each once');
    members.push({ id: id.value, roles: roles as string[] });
  }
  return accept(members);
}

export function readRules(value: Value | undefined): Verdict<readonly Rule[], IdentityPayloadCode> {
  if (!isArray(value)) return malformed('"rules" is a list');
  if (value.length === 0 || value.length > limits.rulesMax) return refuse('IDENTITY_LIMIT', `an organisation has 1 to ${limits.rulesMax} rules`);
  const rules: Rule[] = [];
  for (const one of value) {
    if (!hasFields(one, ['container', 'action', 'role', 'threshold'])) return malformed('a rule has "container", "action", "role" and "threshold"');
    const [container, action, role] = ['container', 'action', 'role'].map((name) => one.get(name));
    const threshold = wholeFrom(one.get('threshold'), 1, limits.membersMax);
    const isName = (name: Value | undefined, any: boolean): name is string => typeof name === 'string' && ((any && name === '*') || NAME.test(name));
    if (!isName(container, true) || !isName(action, true) || !isName(role, false)) return malformed('names in a rule have 1 to 32 letters, digits and "-"; container and action may be "*"');
    if (container === '*' && action !== '*') return malformed('an action is one of a container: a rule for all containers is one for all actions');
    if (threshold === undefined) return refuse('IDENTITY_THRESHOLD', `the threshold of a rule is 1 to ${limits.membersMax}`);
    if (rules.some((other) => other.container === container && other.action === action)) return malformed(`two rules are for ${container} ${action}`);
    rules.push({ container, action, role, threshold });
  }
  return accept(rules);
}

/** A rule that nobody can meet would lock its actions for ever, and one for changing the members would lock the organisation. */
export function checkCanBeMet(members: readonly Member[], rules: readonly Rule[]): Verdict<void, IdentityPayloadCode> {
  for (const { container, action, role, threshold } of rules) {
    const holders = members.filter(({ roles }) => roles.includes(role)).length;
    if (holders < threshold) return refuse('IDENTITY_THRESHOLD', `the rule for ${container} ${action} needs ${threshold} members with the role ${role}, the organisation has ${holders}`);
  }
  return accept(undefined);
}

function wholeFrom(value: Value | undefined, from: number, to: number): number | undefined {
  return typeof value === 'bigint' && value >= BigInt(from) && value <= BigInt(to) ? Number(value) : undefined;
}

// @ts-check
import { accept, concatBytes, equalBytes, refuse, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import { authoritiesFromBytes, authoritiesFromJson, authoritiesToBytes, authoritiesToJson, problemOfAuthorities } from '@vsys/consensus/rules';

/**
 * @typedef {object} Params
 * @property {number} slotMs
 * @property {readonly import('@vsys/consensus/rules').Authority[]} producers - in the order of their turns
 */

const PRODUCERS_MAX = 64;

/** So many, of whom at least one is honest in any two that agree. @param {number} producers */
export function quorumOf(producers) {
  return Math.floor((2 * producers) / 3) + 1;
}

/** Slot (8, big-endian), then the list of producers. @param {Params} params */
export function paramsToBytes({ slotMs, producers }) {
  return concatBytes(uint64ToBytes(BigInt(slotMs)), authoritiesToBytes(producers));
}

/** One byte string per value: what does not encode to itself is refused. @param {Uint8Array} bytes @returns {import('@vsys/primitives').Verdict<Params>} */
export function paramsFromBytes(bytes) {
  const producers = bytes.length < 8 ? undefined : authoritiesFromBytes(bytes.subarray(8));
  if (producers === undefined) return refuse('PARAMS', 'expected the length of a slot and a list of producers');
  const checked = check({ slotMs: Number(uint64FromBytes(bytes)), producers });
  return !checked.ok || equalBytes(paramsToBytes(checked.value), bytes) ? checked : refuse('PARAMS', 'the parameters do not encode to themselves');
}

/** @param {unknown} json @returns {import('@vsys/primitives').Verdict<Params>} */
export function paramsFromJson(json) {
  const { slotMs = 1_000, producers, ...rest } = /** @type {Record<string, unknown>} */ (typeof json === 'object' && json !== null ? json : {});
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return refuse('PARAMS', `${unknown}: there is no such parameter`);
  const list = authoritiesFromJson(producers, 'producers');
  if (typeof list === 'string') return refuse('PARAMS', list);
  return typeof slotMs === 'number' ? check({ slotMs, producers: list }) : refuse('PARAMS', 'slotMs: expected a number');
}

/** @param {Params} params */
export function paramsToJson({ slotMs, producers }) {
  return { slotMs, producers: authoritiesToJson(producers) };
}

/** @param {Params} params @returns {import('@vsys/primitives').Verdict<Params>} */
function check(params) {
  const { slotMs, producers } = params;
  if (!Number.isSafeInteger(slotMs) || slotMs < 100 || slotMs > 3_600_000) return refuse('PARAMS', 'slotMs: expected 100 to 3600000 milliseconds');
  const problem = problemOfAuthorities(producers, 'producers', PRODUCERS_MAX);
  return problem === undefined ? accept(params) : refuse('PARAMS', problem);
}

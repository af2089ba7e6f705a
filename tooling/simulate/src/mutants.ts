import type { Mutant, MutantTool, SourceChange } from './mutant.ts';
import { stakeMutants } from './stake-mutants.ts';

const change = (file: string, find: string, replace: string): SourceChange => ({ file: `packages/${file}`, find, replace });
const laws = (name: string, tests = 'test/compliance'): MutantTool => ({ kind: 'laws', package: `packages/${name}`, tests });
const proofs: MutantTool = { kind: 'proofs', package: 'packages/state', tests: 'test/proof' };
const spos: MutantTool = { kind: 'simulator', module: 'spos' };
const poa: MutantTool = { kind: 'simulator', module: 'poa' };
const checker: MutantTool = { kind: 'checker', package: 'tooling/explore', tests: 'test/explore' };
const guard = laws('consensus', 'test/(signer-guard|eip3076)');

/** Faults that the tools must notice. Each is small, compiles, and breaks one promise. */
export const mutants: readonly Mutant[] = [
  // Slot rules
  { name: 'spos takes a header of any seat in a slot', area: 'slot rules', tools: [laws('consensus-spos')], changes: [change('consensus-spos/src/rules.ts', 'if (named.seat !== seat.index) return', 'if (named.seat > 60_000) return')] },
  { name: 'spos takes a second block in the slot of its parent', area: 'slot rules', tools: [laws('consensus-spos')], changes: [change('consensus-spos/src/rules.ts', 'if (slot <= parent.slot) return', 'if (slot < parent.slot) return')] },
  { name: 'spos takes any seal', area: 'slot rules', tools: [laws('consensus-spos')], changes: [change('consensus-spos/src/rules.ts', 'if (!verifySignature(', 'if (seal.length < 1 && !verifySignature(')] },
  { name: 'poa lets an authority seal out of time', area: 'slot rules', tools: [laws('consensus-poa', 'test'), poa], changes: [change('consensus-poa/src/rules.ts', 'if (!(header.timeMs >= due)) return', 'if (!(header.timeMs >= due - 10_000)) return')] },
  { name: 'poa lets one authority seal all blocks', area: 'slot rules', tools: [laws('consensus-poa', 'test')], changes: [change('consensus-poa/src/rules.ts', 'height - last < poaMajority(params.authorities.length)', 'height - last < 1')] },
  { name: 'headers of the future are taken at once', area: 'slot rules', tools: [laws('consensus-spos')], changes: [change('consensus-spos/src/rules.ts', 'earliest: (_parent, header) => header.timeMs,', 'earliest: (_parent, header) => header.timeMs - 86_400_000,')] },
  { name: 'poa keeps branches of one weight apart', area: 'slot rules', tools: [poa], changes: [change('consensus-poa/src/rules.ts', 'weight, 0xffff_ffff_ffff_ffffn - uint64FromBytes(id)];', 'weight];')] },
  { name: 'poa prefers weight to what is final', area: 'slot rules', tools: [laws('consensus-poa', 'test'), poa], changes: [change('consensus-poa/src/rules.ts', 'return [BigInt(Math.max(0, finalHeight)), weight,', 'return [weight, BigInt(Math.max(0, finalHeight)),')] },
  // Finality
  { name: 'spos calls a block final one seat too early', area: 'finality', tools: [laws('consensus-spos', 'test/spos')], changes: [change('consensus-spos/src/depth.ts', 'return heightBelow(lastHeights, finalityDepthOf(params, lastHeights.length));', 'return heightBelow(lastHeights, finalityDepthOf(params, lastHeights.length) - 1);')] },
  { name: 'poa calls a block final one authority too early', area: 'finality', tools: [laws('consensus-poa', 'test'), poa], changes: [change('consensus-poa/src/rules.ts', 'descending[params.finalityDepth - 1]', 'descending[params.finalityDepth - 2]')] },
  { name: 'the engine of spos finalises its head', area: 'finality', tools: [laws('consensus-spos')], changes: [change('consensus-spos/src/engine.ts', 'const height = recordedFinal(view.head.context);', 'const height = view.head.height;')] },
  { name: 'a block counts for its seat although another branch has it', area: 'finality', tools: [laws('consensus-spos')], changes: [change('consensus-spos/src/depth.ts', 'carried.with(position, height);', 'carried.map(() => height);')] },
  { name: 'the lighter branch wins', area: 'finality', tools: [spos], changes: [change('block-tree/src/block-tree.ts', 'if (ranks !== 0) return ranks > 0;', 'if (ranks !== 0) return ranks < 0;')] },
  { name: 'bft counts a seat twice for one block', area: 'finality', tools: [laws('consensus-bft', 'test/tally')], changes: [change('consensus-bft/src/tally.ts', '  if (hasVoted(before, vote.seat, vote.id)) return tally;\n', '')] },
  { name: 'bft drops what a seat signed second', area: 'finality', tools: [laws('consensus-bft', 'test/two-faces')], changes: [change('consensus-bft/src/tally.ts', 'return others.length >= honestMin;', 'return others.length > 1_000;')] },
  { name: 'bft keeps whatever a seat signs', area: 'finality', tools: [laws('consensus-bft', 'test/two-faces')], changes: [change('consensus-bft/src/tally.ts', 'return others.length >= honestMin;', 'return others.length >= 0;')] },
  { name: 'ffg lets a voter vote twice for a height', area: 'finality', tools: [checker], changes: [change('finality-ffg/src/ffg-rules.ts', 'target.height > memory.target', 'target.height >= memory.target')] },
  { name: 'ffg lets a vote span another', area: 'finality', tools: [checker], changes: [change('finality-ffg/src/ffg-rules.ts', 'source.height >= memory.source', 'source.height >= 0')] },
  { name: 'ffg makes final without the direct child', area: 'finality', tools: [checker], changes: [change('finality-ffg/src/ffg-rules.ts', 'target.height === source.height + 1', 'target.height > source.height')] },
  { name: 'the quorum of ffg is a voter too small', area: 'finality', tools: [checker], changes: [change('finality-ffg/src/ffg-rules.ts', '  quorum: ffgQuorum,', '  quorum: (voters) => ffgQuorum(voters) - 1,')] },
  { name: 'ffg asks one of two sets only', area: 'finality', tools: [checker], changes: [change('finality-ffg/src/voters.ts', 'return voters.seats.every((seats) =>', 'return voters.seats.slice(-1).every((seats) =>')] },
  { name: 'a change of sets is over as soon as it begins', area: 'finality', tools: [checker], changes: [change('finality-ffg/src/context.ts', 'final.height < since, rules)', 'final.height + 1_000 < since, rules)')] },
  { name: 'a set takes over before its announcement is final', area: 'finality', tools: [laws('finality-ffg', 'test/context')], changes: [change('finality-ffg/src/context.ts', 'return parent.final.height >= announced &&', 'return parent.justified.height >= announced &&')] },
  { name: 'ffg takes a certificate for another source', area: 'finality', tools: [laws('finality-ffg', 'test/context')], changes: [change('finality-ffg/src/context.ts', 'return target !== undefined && isSameRef(target.source, link.source) ? target : undefined;', 'return link.source.height >= 0 ? target : undefined;')] },
  { name: 'ffg takes a certificate whose last vote does not hold', area: 'finality', tools: [laws('finality-ffg', 'test/certificate')], changes: [change('finality-ffg/src/check-certificate.ts', 'for (const { seat, signature } of signers) {', 'for (const { seat, signature } of signers.slice(1)) {')] },
  { name: 'bft forgets why it is locked', area: 'finality', tools: [laws('consensus-bft', 'test/engine')], changes: [change('consensus-bft/src/engine.ts', 'reasons: polkas.flatMap((polka) => reasonsFor(tally, polka, committee.quorum))', 'reasons: polkas.flatMap((polka) => reasonsFor(tally, polka, committee.quorum)).slice(0, 0)')] },
  { name: 'bft goes on alone as quickly as with others', area: 'finality', tools: [laws('consensus-bft', 'test/engine')], changes: [change('consensus-bft/src/engine.ts', 'const LONELY_WAITS = 2;', 'const LONELY_WAITS = 0;')] },
  { name: 'bft does not propose what it heard late', area: 'finality', tools: [laws('consensus-bft', 'test/vote-rules')], changes: [change('consensus-bft/src/engine.ts', 'if (hasExecuted(turn, id)) turn.set({ valid: rules.keepValid(valid, { round: one, id }) });', 'if (hasExecuted(turn, id)) continue;')] },
  { name: 'the validators of bft stay whatever a header names', area: 'finality', tools: [laws('consensus-bft', 'test/validator-change')], changes: [change('consensus-bft/src/rules.ts', 'const context = { height: header.height, timeMs: header.timeMs, validators: next.value };', 'const context = { height: header.height, timeMs: header.timeMs, validators: next.ok ? parent.validators : [] };')] },
  { name: 'a header of bft may change half of the validators', area: 'finality', tools: [laws('consensus-bft', 'test/validator-change')], changes: [change('consensus-bft/src/rules.ts', 'if (!isSmallTurnover(now, next)) return', 'if (!isSmallTurnover(now, next) && next.length === 0) return')] },
  { name: 'a header of bft names no validators that the state has', area: 'finality', tools: [laws('consensus-bft', 'test/validator-change')], changes: [change('consensus-bft/src/rules.ts', 'return next === undefined || sameAuthorities(next, validators) ||', 'return next === undefined || next.length > 0 || sameAuthorities(next, validators) ||')] },
  { name: 'a validator that was removed votes on', area: 'finality', tools: [laws('consensus-bft', 'test/validator-change')], changes: [change('consensus-bft/src/engine.ts', '    const committee = committeeOf(view.head.context.validators);', '    const committee = state.height === 0 ? committeeOf(view.head.context.validators) : state.committee;')] },
  { name: 'half of the authorities change the list', area: 'finality', tools: [laws('consensus', 'test/authority')], changes: [change('consensus/src/authority-container.ts', '>= Math.floor((2 * list.length) / 3) + 1', '>= Math.floor(list.length / 2)')] },
  { name: 'evidence removes an authority twice', area: 'finality', tools: [laws('consensus', 'test/authority')], changes: [change('consensus/src/authority-container.ts', 'if (punished.some((one) => equalBytes(one.account, owner.account) && height <= one.height)) return', 'if (punished.some((one) => equalBytes(one.account, owner.account) && height < 0)) return')] },
  { name: 'several changes of authorities in one block add up', area: 'finality', tools: [laws('consensus', 'test/authority')], changes: [change('consensus/src/authority-container.ts', 'const before = past.changedAt === block.height ? past.before : now;', 'const before = past.changedAt === -1 ? past.before : now;')] },
  { name: 'what votes make final is not in the log', area: 'finality', tools: [spos], changes: [change('consensus/src/create-finality.ts', 'if (!isReplay && !isTold', 'if (isReplay && !isTold')] },
  { name: 'nobody asks again for votes that were lost', area: 'finality', tools: [laws('finality-ffg', 'test/gadget')], changes: [change('finality-ffg/src/gadget.ts', "send(turn, [{ kind: 'ask', justified, atMs: nowMs }]);", '')] },
  // Handover
  { name: 'new seats vote alone from their first block on', area: 'handover', tools: [laws('consensus-spos', 'test/handover')], changes: [change('finality-ffg/src/ffg-rules.ts', 'votersDuringChange: jointVoters,', 'votersDuringChange: (_before, now) => jointVoters(now, now),')] },
  { name: 'seats take over before their announcement is final', area: 'handover', tools: [laws('consensus-spos', 'test/handover')], changes: [change('consensus-spos/src/handover.ts', 'recordedFinal >= announced.height', 'recordedFinal >= 0')] },
  { name: 'seats take over in the middle of an epoch', area: 'handover', tools: [laws('consensus-spos', 'test/handover')], changes: [change('consensus-spos/src/handover.ts', 'announced !== undefined && isFirstOfEpoch(params, height) &&', 'announced !== undefined &&')] },
  { name: 'all seats may change at once', area: 'handover', tools: [laws('consensus-spos', 'test/handover')], changes: [change('consensus-spos/src/rules.ts', 'if (changes > max) return', 'if (changes > 1_000) return')] },
  { name: 'the header says what the state does not of the next seats', area: 'handover', tools: [laws('consensus-spos', 'test/handover')], changes: [change('consensus-spos/src/rules.ts', 'announces === undefined || sameSeats(announces, namedSeats(standing))', 'announces === undefined || sameSeats(announces, standing.seats)')] },
  { name: 'a certificate for one header shows another to a light client', area: 'finality', tools: [laws('consensus-spos', 'test/jump')], changes: [change('consensus-spos/src/jump.ts', '!equalBytes(source.id, id) || target.height', 'source.id.length !== id.length || target.height')] },
  // Import order
  { name: 'a block acts before it is in the log', area: 'import order', tools: [spos], changes: [change('consensus/src/create-chain.ts', 'const sequence = replaySequence ?? (await log.append([blockToBytes(block)]));', 'const sequence = replaySequence ?? log.next;\n    if (replaySequence === undefined) void log.append([blockToBytes(block)]).catch(() => undefined);')] },
  { name: 'a replay does not finalise', area: 'import order', tools: [spos], changes: [change('consensus/src/create-chain.ts', 'if (ancestor !== undefined) await finality.finaliseReplayed(ancestor);', 'if (ancestor !== undefined) logger.debug(\'not now\');')] },
  { name: 'the head does not move to the better branch', area: 'import order', tools: [spos], changes: [change('consensus/src/create-chain.ts', 'if (equalBytes(best.id, before.id)) return;', 'if (equalBytes(best.id, before.id) || !equalBytes(best.parent, before.id)) return;')] },
  // Persistence
  { name: 'the base of the store is not written', area: 'persistence', tools: [spos], changes: [change('consensus/src/create-finality.ts', 'ops.push(baseOps({ id: last.id,', 'if (ops.length === 0) ops.push(baseOps({ id: last.id,')] },
  { name: 'final transactions are not indexed', area: 'persistence', tools: [spos], changes: [change('consensus/src/create-finality.ts', 'checked.map(({ id }) => id), receipts);', 'checked.slice(1).map(({ id }) => id), receipts.slice(1));')] },
  { name: 'ffg signs before its vote is durable', area: 'persistence', tools: [laws('finality-ffg', 'test/gadget')], changes: [change('finality-ffg/src/gadget.ts', 'turn.effects.push({ kind: \'persist\', bytes: ffgMemoryToBytes(memory) });', 'if (signers.length > 1_000) turn.effects.push({ kind: \'persist\', bytes: ffgMemoryToBytes(memory) });')] },
  { name: 'ffg forgets its vote at a restart', area: 'persistence', tools: [laws('finality-ffg', 'test/gadget')], changes: [change('finality-ffg/src/gadget.ts', 'memory: saved === undefined ? noVotes', 'memory: saved === undefined || saved.length > 0 ? noVotes')] },
  { name: 'spos builds before the slot is durable', area: 'persistence', tools: [laws('consensus-spos')], changes: [change('consensus-spos/src/minter.ts', '{ kind: \'persist\', bytes: help.memory(slot) }, ', '')] },
  { name: 'spos forgets its last slot at a restart', area: 'persistence', tools: [laws('consensus-spos')], changes: [change('consensus-spos/src/memory.ts', 'const lastSlot = Number(uint64FromBytes(bytes, 1)) - 1;', 'const lastSlot = Number(uint64FromBytes(bytes, 1)) * 0 - 1;')] },
  { name: 'a key signs without the guard, and its engine keeps no memory', area: 'persistence', tools: [spos], changes: [
    change('node/src/create-node.ts', 'const allowed = await guard.allow(key, mark);', 'const allowed: Awaited<ReturnType<typeof guard.allow>> = mark.kind === \'block\' ? { ok: true, value: undefined } : await guard.allow(key, mark);'),
    change('node/src/create-node.ts', 'persist: (bytes) => durable.save(ENGINE_MEMORY, bytes),', 'persist: async (bytes) => void bytes,'),
  ] },
  // Signer
  { name: 'the guard allows one slot twice', area: 'signer', tools: [guard], changes: [change('consensus/src/signer-guard.ts', 'guard.slot <= marks.slot', 'guard.slot < marks.slot')] },
  { name: 'the guard allows two votes for one target', area: 'signer', tools: [guard], changes: [change('consensus/src/signer-guard.ts', 'guard.target <= marks.target', 'guard.target < marks.target')] },
  { name: 'the guard allows a vote that surrounds another', area: 'signer', tools: [guard], changes: [change('consensus/src/signer-guard.ts', 'guard.source < marks.source', 'guard.source < 0n')] },
  { name: 'the guard allows before its marks are durable', area: 'signer', tools: [guard], changes: [change('consensus/src/signer-guard.ts', 'await store.save(name, marksToBytes(next));', 'void store.save(name, marksToBytes(next)).catch(() => undefined);')] },
  // Proofs
  { name: 'a proof of another root is taken', area: 'proofs', tools: [proofs], changes: [change('state/src/proof-format.ts', 'if (root.length !== 32 || !top.hash.every((byte, i) => byte === root[i])) return', 'if (root.length !== 32) return')] },
  { name: 'what a proof leaves closed counts as absent', area: 'proofs', tools: [proofs], changes: [change('state/src/proof.ts', 'return end.kind !== PROOF_NODE.closed && leavesEdge(end, key);', 'return end.kind === PROOF_NODE.closed || leavesEdge(end, key);')] },
  { name: 'a range may leave closed what holds rows', area: 'proofs', tools: [proofs], changes: [change('state/src/proof.ts', 'if (node.kind === PROOF_NODE.closed) return incomplete();', 'if (node.kind === PROOF_NODE.closed) continue;')] },
  { name: 'an edge is hashed without its bits', area: 'proofs', tools: [proofs], changes: [change('state/src/node-preimage.ts', '  preimage.set(bits, 3);\n  preimage.set(innerHash', '  preimage.set(innerHash')] },
  { name: 'a proof has a second form', area: 'proofs', tools: [proofs], changes: [change('state/src/proof.ts', 'return isMinimal(opened.value) ? accept(values)', 'return isMinimal(opened.value) || values.length > 0 ? accept(values)')] },
  // Sync
  { name: 'only a longer branch is followed', area: 'sync', tools: [poa], changes: [change('sync/src/catch-up.ts', '(await chain.has(id)) && !chain.isUncertified(id) ? height : Math.max(height, chain.head.height + 1)', 'height')] },
  { name: 'headers are served from one too high', area: 'sync', tools: [spos], changes: [change('consensus/src/chain-reads.ts', 'for (let height = from + headers.length + 1;', 'for (let height = from + headers.length + 2;')] },
  { name: 'catch-up never starts', area: 'sync', tools: [spos], changes: [change('sync/src/catch-up.ts', 'running = run()', 'running = Promise.resolve()')] },
  { name: 'a peer that failed once is never asked again', area: 'sync', tools: [spos, poa], changes: [change('sync/src/sync-limits.ts', 'cooldownMs: 5_000,', 'cooldownMs: 5_000_000,')] },
  // Mempool
  { name: 'a reorganisation loses transactions', area: 'mempool', tools: [spos, poa], changes: [change('transaction/src/mempool.ts', 'if (!byId.has(one.idHex) &&', 'if (byId.has(one.idHex) &&')] },
  { name: 'what a block included stays in the pool', area: 'mempool', tools: [spos], changes: [change('transaction/src/mempool.ts', 'for (const checked of included) {', 'for (const checked of included.slice(0, 0)) {')] },
  { name: 'a used sequence is admitted', area: 'mempool', tools: [spos], changes: [change('transaction/src/mempool.ts', 'if (body.sequence < next) return', 'if (body.sequence + 1_000_000n < next) return')] },
  // Execution
  { name: 'a transfer to oneself makes coins', area: 'execution', tools: [spos], changes: [change('transaction/src/coin.ts', 'const receives = numberFromRecord(state.get(toKey)) + amount;', 'const receives = (from.every((byte, i) => byte === to[i]) ? have : numberFromRecord(state.get(toKey))) + amount;')] },
  { name: 'the rest of the fee is not given back', area: 'execution', tools: [spos], changes: [change('transaction/src/execute-block.ts', 'credit(journal, balance, ceiling - feePaid);', 'credit(journal, balance, 0n);')] },
  ...stakeMutants,
];

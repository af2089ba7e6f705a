import { createSimulation, FAULT_KINDS } from '@vsys/simulation';
import { modules } from './modules.ts';
const [name, from, to, mode] = process.argv.slice(2);
const module = modules.find((m) => m.name === name)!;
const began = performance.now(); let bad = 0; let ev = 0;
for (let seed = Number(from); seed < Number(to); seed++) {
  const t = performance.now();
  const sim = createSimulation({ seed, module, ...(mode === 'all' ? { kinds: FAULT_KINDS, cuts: 'any' as const } : {}) });
  const r = await sim.run();
  ev += r.events;
  if (process.env.V || r.violation) console.log(seed, Math.round(performance.now() - t), 'ms', r.events, 'ev', 'h', r.headHeight, 'f', r.finalHeight, 'st', r.starts, 're', r.reorganisations, 'tx', r.transactionsFinal, r.violation ? `${r.violation.code} @${r.violation.atMs} ${r.violation.message}` : '', [...new Set(r.faults.map((f) => f.kind))].join());
  if (r.violation) bad++;
}
console.log(bad, 'bad of', Number(to) - Number(from), Math.round(performance.now() - began), 'ms', ev, 'events');

import type { Command } from 'commander';
import type { NodeStatus } from '@vsys/rpc';
import { createCaller } from '@vsys/rpc/client';
import { addClientOptions, urlOf } from '../client-options.ts';
import { printJson, printRows } from '../output.ts';

/** `vsys node status`: how a running node says it is. */
export function addNodeStatus(group: Command): void {
  addClientOptions(group.command('status').description('ask a running node how it is').option('--json', 'as JSON'))
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const url = urlOf(command);
      const status = await createCaller({ url })('node_status', {});
      if (json) printJson(status);
      else printRows(rowsOf(url, status));
    });
}

function rowsOf(url: string, { version, chainId, head, safe, final, peers, syncing, pool, consensus, evidence, uptimeMs }: NodeStatus): string[][] {
  return [
    ['node', `${url}, version ${version}, up for ${Math.round(uptimeMs / 1_000)} s`],
    ['chain', chainId],
    ['head', `height ${head.height}, made at ${new Date(head.timeMs).toISOString()}, block ${head.id}`],
    ['safe', `height ${safe.height}, block ${safe.id}`],
    ['final', `height ${final.height}, block ${final.id}`],
    ['state root', head.stateRoot],
    ['peers', `${peers}${syncing ? ', catching up with them' : ''}`],
    ['waiting', `${pool.transactions} transactions of ${pool.bytes} bytes`],
    ...evidence.map(({ id, height, state, code }, i) => [i === 0 ? 'evidence' : '', `${state}${code === undefined ? '' : ` (${code})`}, found at height ${height}, ${id}`]),
    ...Object.entries(consensus).map(([what, value], i) => [i === 0 ? 'consensus' : '', `${what} ${String(value)}`]),
  ];
}

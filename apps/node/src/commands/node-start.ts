import type { NodeFailure } from '@vsys/node';
import type { Command } from 'commander';
import { askedToStop } from '../asked-to-stop.ts';
import { addConfigOptions, configOf } from '../config-options.ts';
import { version } from '../version.ts';

/** `vsys node start`: runs until it is told to stop. */
export function addNodeStart(group: Command): void {
  addConfigOptions(group.command('start').description('run the node of this folder until Ctrl-C; its log goes to stdout, as JSON where that is no terminal'))
    .option('--stop-with-stdin', 'stop too when stdin ends: for programs that start a node and may die before it')
    .action(async ({ stopWithStdin }: { stopWithStdin?: boolean }, command: Command) => {
      const { config } = configOf(command);
      // The network and the store are half of what there is to load, and no other command needs them.
      const [{ runNode }, { createLogger }] = await Promise.all([import('../run-node.ts'), import('../logger.ts')]);
      const logger = createLogger(config.text('log.level'));
      const { node, rpcUrl, stop } = await runNode(config, logger);
      // Before it says that it is up: whoever reads that may stop it at once.
      const asked = askedToStop(stopWithStdin === true);
      const { head, final } = node.chain;
      logger.info('the node is up', {
        version, chain: node.chain.spec.name, module: node.chain.spec.consensus.module, rpc: rpcUrl, p2p: node.network.addresses(), head: head.height, final: final.height,
      });
      const failure = await Promise.race([asked.then((why) => void logger.info(`stopping: ${why}`)), node.failed]);
      // A stdin that is still read would keep the process alive.
      if (stopWithStdin === true) process.stdin.destroy();
      await stop();
      if (failure !== undefined) throw failedError(failure);
      logger.info('stopped');
    });
}

/** What stopped the node by itself, as the command reports it: the code and the way out, and where the evidence lies. */
function failedError({ error, bundle }: NodeFailure): Error {
  if (bundle === undefined) return error;
  return Object.assign(new Error(`${error.message}. What another machine needs to repeat it is in ${bundle}`, { cause: error }), { code: error.code });
}

import { type Command, Option } from 'commander';
import { accountToAddress, accountToHex } from '@vsys/crypto';
import { chainId } from '@vsys/data-format';
import type { Node } from '@vsys/node';
import { hasCode, toHex } from '@vsys/primitives';
import { askedToStop } from '../asked-to-stop.ts';
import { DEV_FOLDER } from '../config-options.ts';
import type { DevChain } from '../dev-chain.ts';
import { consensusNames } from '../modules.ts';
import { printJson, printRows, say } from '../output.ts';
import type { RunningNode } from '../run-node.ts';

interface DevOptions {
  readonly consensus: string;
  readonly folder: string;
  readonly fresh?: boolean;
  readonly corsOrigins?: string;
  readonly json?: boolean;
  readonly stopWithStdin?: boolean;
}

const PORT_TRIES_MAX = 5;

/** `vsys dev`: a chain to try things on. */
export function addDevCommand(program: Command): void {
  program.command('dev').description('run a development chain of one seat in this process until Ctrl-C; it is kept between runs')
    .addOption(new Option('--consensus <module>', 'how blocks are agreed on').choices(consensusNames()).default('spos'))
    .option('--folder <folder>', 'where the chain is kept', DEV_FOLDER)
    .option('--fresh', 'wipe it first')
    .option('--cors-origins <list>', 'pages that may ask it from a browser, such as http://localhost:5173')
    .option('--stop-with-stdin', 'stop too when stdin ends')
    .option('--json', 'tell as JSON what runs')
    .action(dev);
}

async function dev({ consensus, folder, fresh = false, corsOrigins, json, stopWithStdin = false }: DevOptions): Promise<void> {
  const { chain, node, rpcUrl, stop } = await start(folder, consensus, { fresh, corsOrigins });
  // Before it says that it is up: whoever reads that may stop it at once.
  const asked = askedToStop(stopWithStdin);
  if (json) printJson({ rpc: rpcUrl, chainId: toHex(chainId(chain.spec)), isNew: chain.isNew, config: chain.configFile, key: chain.adaKeyFile, account: accountToHex(chain.ada.account) });
  else show(chain, rpcUrl, folder);
  node.chain.listen((event) => {
    if (event.kind === 'head') for (const { id } of event.apply) void tellOfTransactions(node, id);
  });
  const failure = await Promise.race([asked.then((why) => void say(`Stopping: ${why}`)), node.failed]);
  // A stdin that is still read would keep the process alive.
  if (stopWithStdin) process.stdin.destroy();
  await stop();
  if (failure !== undefined) throw failure.error;
}

/** Another program may take the port between the look and the listening: then the next one is looked for. */
async function start(folder: string, consensus: string, { fresh, corsOrigins }: { readonly fresh: boolean; readonly corsOrigins: string | undefined }): Promise<RunningNode & { readonly chain: DevChain }> {
  // The network and the store are half of what there is to load, and no other command needs them.
  const [{ keepRpcPort, openDevChain }, { runNode }, { createLogger }] = await Promise.all([import('../dev-chain.ts'), import('../run-node.ts'), import('../logger.ts')]);
  for (let tries = 1; ; tries++) {
    const chain = await openDevChain(folder, consensus, { fresh: fresh && tries === 1, corsOrigins });
    for (const port of chain.steppedOver) say(`Port ${port} is busy: stepped over.`);
    try {
      const logger = createLogger(chain.config.text('log.level'), { terminal: process.stderr.isTTY === true, to: 2 });
      const running = await runNode(chain.config, logger);
      await keepRpcPort(chain);
      return { ...running, chain };
    } catch (error) {
      if (!hasCode(error, 'RPC_PORT_BUSY') || tries === PORT_TRIES_MAX) throw error;
    }
  }
}

function show({ spec, isNew, configFile, ada, adaKeyFile }: DevChain, rpcUrl: string, folder: string): void {
  printRows([
    ['chain', `"${spec.name}" under ${spec.consensus.module}, ${isNew ? 'new' : 'kept'} in ${folder}; --fresh begins anew`],
    ['rpc', rpcUrl],
    ['account', `${accountToHex(ada.account)}, also written ${accountToAddress(ada.account, 'T')}; it began with ${spec.balances[0]?.amount} units`],
    ['key', `${adaKeyFile}; everybody can make this key: use it for trials only`],
  ]);
  const vsys = process.env.npm_lifecycle_event === 'vsys' ? 'npm run vsys --' : 'vsys';
  const config = folder === DEV_FOLDER ? '' : ` --config ${configFile}`;
  process.stdout.write(`
Try, from this folder in another terminal:
  ${vsys} db create shop${config}
  ${vsys} db create-collection shop products --index price:price${config}
  ${vsys} db insert shop products '{"_id": "tea", "price": 4}'${config}
  ${vsys} db find shop products '{"price": {"$lt": 20}}'${config}
Ctrl-C ends it; all is kept.
`);
}

/** Empty blocks are the rule and say nothing. */
async function tellOfTransactions(node: Node, id: Uint8Array): Promise<void> {
  const block = await node.chain.blockById(id).catch(() => undefined);
  const count = block?.transactions.length ?? 0;
  if (count > 0) say(`block ${block?.header.height}: ${count} transaction${count === 1 ? '' : 's'}`);
}

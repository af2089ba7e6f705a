import type { Command } from 'commander';
import { toHex } from '@vsys/primitives';
import { carryModulesOf } from '../client-options.ts';
import { describeSpec, type SpecDescription } from '../describe-spec.ts';
import { printJson, printRows } from '../output.ts';
import { readSpecFile } from '../spec-file.ts';
import { addChainExport } from './chain-export.ts';

/** `vsys chain …`: what a chain is. */
export function addChainCommands(program: Command): void {
  const group = program.command('chain').description('look at chains');
  addChainExport(group);
  group.command('spec').description('check a chain spec, and show what chain it makes')
    .argument('[file]', 'chain spec', 'chain.json').option('-c, --config <file>', 'config that names further consensus modules').option('--json', 'as JSON')
    .action(async (file: string, { json }: { json?: boolean }, command: Command) => {
      await carryModulesOf(command);
      const description = await describeSpec(await readSpecFile(file));
      if (json) printJson({ ...description, chainId: toHex(description.chainId), genesis: { ...description.genesis, id: toHex(description.genesis.id), stateRoot: toHex(description.genesis.stateRoot) } });
      else printRows(rowsOf(description));
    });
}

function rowsOf({ chainId, name, symbol, network, genesis, limits, fees, database, containers, consensus }: SpecDescription): string[][] {
  return [
    ['chain id', toHex(chainId)],
    ['name', `${name}, coin ${symbol}, network ${network}`],
    ['genesis', `${genesis.time}, block ${toHex(genesis.id)}`],
    ['genesis state', `root ${toHex(genesis.stateRoot)}, ${genesis.accounts} accounts with ${genesis.coins} coins`],
    ['limits', `block ${limits.blockBytesMax} bytes and ${limits.blockGasMax} gas, transaction ${limits.transactionBytesMax} bytes`],
    ['fees', `${fees.perByte} per byte, ${fees.perGas} per gas, to ${fees.to}`],
    ['storage', storageText(database)],
    ['containers', containers.join(', ')],
    ['consensus', consensus.module],
    ...Object.entries(consensus.numbers).map(([what, number]) => ['', `${what} ${number}`]),
    ...Object.entries(consensus.lists).flatMap(([what, items]) => items.map((item, i) => [`${what} ${i + 1} of ${items.length}`, textOf(item)])),
  ];
}

function storageText({ depositPerByte, depositPerKey, windowBlocks, windowBytes }: SpecDescription['database']): string {
  const deposits = depositPerByte === 0n && depositPerKey === 0n ? 'no deposits' : `a deposit of ${depositPerByte} per byte and ${depositPerKey} per key`;
  return windowBlocks === 0n ? deposits : `${deposits}, ${windowBytes} bytes of an account in ${windowBlocks} blocks`;
}

const textOf = (item: unknown): string => (typeof item === 'object' && item !== null ? Object.entries(item).map(([field, value]) => `${field} ${String(value)}`).join(', ') : String(item));

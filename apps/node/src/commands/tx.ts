import type { Command } from 'commander';
import { addTxSend } from './tx-send.ts';
import { addTxShow } from './tx-show.ts';
import { addTxSign } from './tx-sign.ts';
import { addTxStatus } from './tx-status.ts';
import { addTxTransfer } from './tx-transfer.ts';

/** `vsys tx …`: transactions. */
export function addTxCommands(program: Command): void {
  const group = program.command('tx').description('pay, sign, send and look at transactions');
  for (const add of [addTxTransfer, addTxSign, addTxSend, addTxStatus, addTxShow]) add(group);
}

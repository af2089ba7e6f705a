import type { Logger, TransactionId } from '@vsys/primitives';
import { statusToJson } from './chain-json.ts';
import type { Follow } from './chain-api-subscribe.ts';

/** The status now, and whenever it changes, until it is final or dropped. */
export function followTransaction(id: TransactionId, logger: Logger): Follow {
  return (chain, emit) => {
    let open = true;
    let asking = false;
    let again = false;
    let told = '';

    const tell = async (): Promise<void> => {
      const status = statusToJson(await chain.status(id));
      const text = JSON.stringify(status);
      if (text === told) return;
      told = text;
      open = emit({ topic: 'transaction', status }, status.kind === 'final' || status.kind === 'dropped') && open;
    };
    /** One question at a time; what happens meanwhile is asked about once more. */
    const ask = async (): Promise<void> => {
      again = true;
      if (asking) return;
      asking = true;
      while (again && open) {
        again = false;
        await tell();
      }
      asking = false;
    };
    const look = (): void => void ask().catch((error: unknown) => {
      open = false;
      logger.error('a transaction cannot be followed', { error });
      emit({ topic: 'gap', reason: 'the node could not read the status; ask tx_status' }, true);
    });

    look();
    const stop = chain.listen(({ kind }) => {
      if (open && kind !== 'block') look();
    });
    return () => {
      open = false;
      stop();
    };
  };
}

import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where chains are kept for the next run unless told otherwise: in the folder of the system for temporary files. */
export const CHAINS_FOLDER: string = join(tmpdir(), 'vsys-bench-chains');

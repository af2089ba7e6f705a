import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeepBundle } from '@vsys/node';

/** Files for those who look into a failure, one for each block that did not execute as promised. A newer one of the same block replaces the older. */
export function keepBundleIn(folder: string): KeepBundle {
  return async (name, text) => {
    await mkdir(folder, { recursive: true });
    const path = join(folder, name);
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  };
}

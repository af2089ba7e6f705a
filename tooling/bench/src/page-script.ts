import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A file of this folder with all that it imports, as one script for a page. */
export async function pageScript(file: string): Promise<string> {
  const built = await build({ entryPoints: [fileURLToPath(new URL(file, import.meta.url))], bundle: true, minify: true, write: false, platform: 'browser', format: 'iife', target: 'es2023', conditions: ['@vsys/source'], logLevel: 'silent' });
  return built.outputFiles[0]?.text ?? '';
}

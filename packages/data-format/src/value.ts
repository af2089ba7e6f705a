export { decodeDocument, encodeDocument } from './value/bson.ts';
export type { ValueCode } from './value/bson.ts';
export { compareScalars } from './value/compare.ts';
export { encodeIndexKey, indexKeyBytesMax } from './value/index-key.ts';
export type { IndexKeyCode } from './value/index-key.ts';
export { documentFromJson, documentToJson } from './value/json.ts';
export type { JsonCode } from './value/json.ts';
export { getPath, int32, isArray, isDocument, valueLimits } from './value/value.ts';
export type { Binary, DateTime, Document, Int32, ObjectId, Value } from './value/value.ts';

import { describe, expect, test } from '@jest/globals';
import { createBuildRoom } from '../src/build-room.ts';

const limits = { bytesMin: 1_000, bytesMax: 100_000 };

describe('build room', () => {
  test('shrinks to what fits after a block that took too long, and never below the largest transaction', () => {
    const room = createBuildRoom(limits);
    expect(room.bytes).toBe(100_000);
    room.took({ bytes: 20_000, tookMs: 400, wantedMs: 100 });
    expect(room.bytes).toBe(5_000);
    room.took({ bytes: 5_000, tookMs: 100_000, wantedMs: 100 });
    expect(room.bytes).toBe(1_000);
  });

  test('shrinks after a block that was too late before it began', () => {
    const room = createBuildRoom(limits);
    room.took({ bytes: 100_000, tookMs: 0, wantedMs: -100 });
    expect(room.bytes).toBe(50_000);
  });

  test('grows while full blocks are quick, up to the limit of the chain', () => {
    const room = createBuildRoom(limits);
    room.took({ bytes: 100_000, tookMs: 400, wantedMs: 100 });
    room.took({ bytes: 25_000, tookMs: 10, wantedMs: 100 });
    expect(room.bytes).toBe(50_000);
    room.took({ bytes: 50_000, tookMs: 80, wantedMs: 100 });
    expect(room.bytes).toBe(62_500);
    for (let i = 0; i < 4; i++) room.took({ bytes: room.bytes, tookMs: 0, wantedMs: 100 });
    expect(room.bytes).toBe(100_000);
  });

  test('learns nothing from a quick block that was nearly empty', () => {
    const room = createBuildRoom(limits);
    room.took({ bytes: 50_000, tookMs: 200, wantedMs: 100 });
    room.took({ bytes: 300, tookMs: 5, wantedMs: 100 });
    expect(room.bytes).toBe(25_000);
  });

  test('takes a whole small block where even the largest transaction is as large as the block', () => {
    expect(createBuildRoom({ bytesMin: 5_000, bytesMax: 4_000 }).bytes).toBe(4_000);
  });

  test('finds the size that a machine of any speed builds in time', () => {
    for (const msPerByte of [0.000_1, 0.002, 0.01]) {
      const room = createBuildRoom(limits);
      for (let i = 0; i < 12; i++) room.took({ bytes: room.bytes, tookMs: room.bytes * msPerByte, wantedMs: 100 });
      expect(room.bytes * msPerByte).toBeLessThanOrEqual(100.001);
      expect(room.bytes).toBeGreaterThan(Math.min(limits.bytesMax, 100 / msPerByte) * 0.9);
    }
  });
});

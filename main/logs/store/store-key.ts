import { hkdfSync, randomBytes } from 'node:crypto'

const partBytes = 32

/**
 * The key of a store as the vault has it: 32 bytes that open its catalog and what was sealed for it, and, since days were
 * deleted for their age or size, 32 more that open the keys of its days. Until then the first 32 do both.
 */
export const catalogKey = (key: Buffer): Buffer => key.subarray(0, partBytes)

/** Opens the keys of days. */
export const daysKey = (key: Buffer): Buffer => (key.length === partBytes ? key : key.subarray(partBytes))

export const newDaysKey = (): Buffer => randomBytes(partBytes)

/** Names a key of days, and says nothing about it. */
export const daysKeyId = (key: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'hangar log days 1', 16))

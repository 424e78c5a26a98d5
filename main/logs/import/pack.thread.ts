import { serveThread } from '../../lib/thread/serve.ts'
import type { Columns, Text } from '../store/block-columns.ts'
import { type PackedBlock, pack } from '../store/packed-block.ts'

const api = {
  calls: {
    /** Compresses and signs the records of one block. A Buffer arrives as a Uint8Array. */
    pack: async ({
      columns,
      text,
    }: {
      columns: Columns
      text: Omit<Text, 'bytes'> & { bytes: Uint8Array }
    }): Promise<PackedBlock> => {
      const { buffer, byteOffset, length } = text.bytes
      return pack(columns, { ...text, bytes: Buffer.from(buffer, byteOffset, length) })
    },
  },
  streams: {},
}

export type PackThread = typeof api

serveThread(api)

import { serveThread } from '../../lib/thread/serve.ts'
import { type Prepared, prepare } from './prepare.ts'
import { type Proposal, propose } from './propose.ts'
import type { RenderedRelease } from './rendered.ts'
import { readVendorFiles, type VendorFile } from './vendor-files.ts'

interface Files {
  readonly name: string
  readonly files: readonly VendorFile[]
}

interface Rendering {
  readonly prepared: Prepared
  readonly rendered: readonly RenderedRelease[]
}

const api = {
  calls: {
    ready: async (): Promise<true> => true,
    read: async ({ name, files }: Files): Promise<Prepared> => prepare(await readVendorFiles(files), name),
    propose: async ({ prepared, rendered }: Rendering): Promise<Proposal> => propose(prepared, rendered),
  },
  streams: {},
}

export type DraftThread = typeof api

serveThread(api)

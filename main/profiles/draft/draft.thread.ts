import type { InstalledReleases } from '../../lib/installed-release.ts'
import { serveThread } from '../../lib/thread/serve.ts'
import { withInstalled } from './installed.ts'
import { type Prepared, prepare } from './prepare.ts'
import { type Proposal, propose } from './propose.ts'
import type { RenderedRelease } from './rendered.ts'
import { readVendorFiles, type VendorFile } from './vendor-files.ts'

interface Files {
  readonly name: string
  readonly files: readonly VendorFile[]
  /** Of the cluster that the profile is made from. */
  readonly installed?: InstalledReleases | undefined
}

interface Rendering {
  readonly prepared: Prepared
  readonly rendered: readonly RenderedRelease[]
}

/** A message between threads makes byte arrays of buffers. */
const asBuffers = ({ releases, unread }: InstalledReleases): InstalledReleases => ({
  releases: releases.map((release) => ({
    ...release,
    chartFiles: release.chartFiles.map(({ path, content }) => ({ path, content: Buffer.from(content) })),
  })),
  unread,
})

const api = {
  calls: {
    ready: async (): Promise<true> => true,
    read: async ({ name, files, installed }: Files): Promise<Prepared> => {
      const read = await readVendorFiles(files)
      return prepare(installed === undefined ? read : withInstalled(read, asBuffers(installed)), name)
    },
    propose: async ({ prepared, rendered }: Rendering): Promise<Proposal> => propose(prepared, rendered),
  },
  streams: {},
}

export type DraftThread = typeof api

serveThread(api)

import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { ProblemReport, procedure } from './problem.ts'
import { Consent } from './trust.ts'

/** One context of a kubeconfig, without any secret. Its id names it across files: it is opaque and stable. */
export const Context = z.strictObject({
  id: z.string(),
  name: z.string(),
  file: z.string(),
  cluster: z.string(),
  server: z.string(),
  user: z.string(),
  namespace: z.string().optional(),
  authentication: z.literal(['none', 'certificate', 'token', 'basic', 'exec', 'oidc', 'unknown']),
  proxy: z.string().optional(),
  current: z.boolean(),
  /** What the user has to allow before its credentials are used; absent: nothing. */
  consent: Consent.optional(),
  /** When its client certificate or its token ends, as it says itself. Absent: it is unknown, or there is none. */
  credentialEndsAt: z.iso.datetime().optional(),
  /** What the user should know although it can be used: an ended credential, an entry that another file hides. */
  warnings: z.array(ProblemReport).optional(),
  /** Why this context cannot be used. Other contexts are not affected. */
  problem: ProblemReport.optional(),
})
export type Context = z.infer<typeof Context>

export const ContextList = z.strictObject({
  contexts: z.array(Context),
  /** Problems of whole files. */
  problems: z.array(ProblemReport),
  readAt: z.iso.datetime(),
})
export type ContextList = z.infer<typeof ContextList>

/** The result of one call to the API server. */
export const ClusterProbe = z.strictObject({
  reachable: z.boolean(),
  version: z.string().optional(),
  platform: z.string().optional(),
  elapsedMs: z.number(),
  at: z.iso.datetime(),
  problem: ProblemReport.optional(),
})
export type ClusterProbe = z.infer<typeof ClusterProbe>

/** A kubeconfig that the user added to KUBECONFIG and ~/.kube/config. */
export const AddedKubeconfig = z.strictObject({
  id: z.string(),
  /** The name of the file, without its folder. */
  name: z.string(),
  /** `linked`: read where it is. `uploaded`: kept in Hangar's folder. */
  origin: z.literal(['linked', 'uploaded']),
})
export type AddedKubeconfig = z.infer<typeof AddedKubeconfig>

export const clusters = {
  files: procedure.output(z.array(AddedKubeconfig)),
  /** Opens a dialog of the system, in the desktop app. The window never names a path. */
  chooseFile: procedure.output(z.array(AddedKubeconfig)),
  /** Keeps the text of a file, in the browser host. It must name no other file. */
  uploadFile: procedure
    .input(
      z.strictObject({
        name: z.string().regex(/^\w[\w. -]{0,99}$/, 'the name of a file'),
        text: z.string().max(1_048_576),
      }),
    )
    .output(z.array(AddedKubeconfig)),
  removeFile: procedure.input(z.strictObject({ id: z.string().max(100) })).output(z.array(AddedKubeconfig)),
  contexts: procedure.output(ContextList),
  /** The list now, and again whenever a kubeconfig changes on disk. */
  watchContexts: procedure.output(eventIterator(ContextList)),
  /** Requests the version of the API server, for 5 s at most. */
  probe: procedure.input(z.strictObject({ contextId: z.string() })).output(ClusterProbe),
  /** Allows and remembers what the context demands, as it was shown. */
  allow: procedure
    .input(
      z.strictObject({
        contextId: z.string(),
        /** Of the consent that was shown. */
        consentId: z.string(),
        /** Also the other contexts of the file, as far as they use known credential programs. */
        wholeFile: z.boolean(),
        /** Additional variables for the program, of those that were offered. */
        variables: z.array(z.string()).max(50),
      }),
    )
    .output(z.strictObject({})),
}

import { z } from 'zod'
import { procedure } from './problem.ts'
import { Timestamp } from './words.ts'

/** One thing that a context does with its credentials and that the user has to allow. Secrets are replaced by `***`. */
export const ConsentItem = z.discriminatedUnion('kind', [
  /** Runs a program on this computer. */
  z.strictObject({
    kind: z.literal('program'),
    /** As the kubeconfig names it. */
    command: z.string(),
    /** Absolute path of the file that runs, links resolved. */
    path: z.string(),
    args: z.array(z.string()),
    /** Variables that the kubeconfig sets. */
    environment: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  }),
  /** Sends the content of a file on this computer to the API server. */
  z.strictObject({ kind: z.literal('token-file'), file: z.string(), server: z.string() }),
  /** Sends a token or a password without encryption. */
  z.strictObject({ kind: z.literal('unencrypted'), server: z.string() }),
])
export type ConsentItem = z.infer<typeof ConsentItem>

/** What the user has to allow before Hangar uses the credentials of a context. */
export const Consent = z.strictObject({
  /** Changes with every detail of the items. Hexadecimal, so that it is never taken for an option of a command. */
  id: z.string(),
  given: z.boolean(),
  /** The kubeconfig that defines the credentials. */
  file: z.string(),
  items: z.array(ConsentItem).min(1),
  /** Whether one consent can cover the known credential programs of the whole file. */
  wholeFile: z.boolean(),
  /** Variables of this computer that the program can get in addition, if the user selects them. They are often secrets. */
  variables: z.array(z.string()),
})
export type Consent = z.infer<typeof Consent>

/** A program that Hangar starts for itself and that did not come with it: the helm on the PATH. */
export const ProgramConsent = z.strictObject({
  /** Changes with the path, the file behind its links, and the content of the file. Hexadecimal. */
  id: z.string(),
  given: z.boolean(),
  /** Absolute path at which it was found. */
  path: z.string(),
  /** Absolute path of the file that runs, links resolved. */
  file: z.string(),
  /** SHA-256 of the file, hexadecimal. */
  sha256: z.string(),
  /** An interpreter runs it: what it starts in turn is in no hash. */
  isScript: z.boolean(),
})
export type ProgramConsent = z.infer<typeof ProgramConsent>

/** What the user decides when asked: nothing is allowed, for this process only, or remembered. */
export type ConsentAnswer = 'no' | 'once' | 'always'

/** A remembered decision of the user. */
export const Grant = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sign-in'),
    id: z.string(),
    file: z.string(),
    /** Ids of what is allowed, one for each item. */
    demands: z.array(z.string()),
    items: z.array(ConsentItem),
    /** Names of the additional variables that the program gets. */
    variables: z.array(z.string()),
    at: Timestamp,
  }),
  /** Known credential programs, in whichever context of this kubeconfig. */
  z.strictObject({ kind: z.literal('kubeconfig'), id: z.string(), file: z.string(), at: Timestamp }),
  /** A program as it was: with another content it is asked for again. */
  z.strictObject({
    kind: z.literal('program'),
    ...ProgramConsent.pick({ id: true, path: true, file: true, sha256: true }).shape,
    at: Timestamp,
  }),
  /** The profile of a plane, with its charts and root certificates, as the user last saw it. */
  z.strictObject({
    kind: z.literal('profile'),
    id: z.string(),
    /** The plane's name. */
    plane: z.string(),
    /** The profile's name or file. */
    file: z.string(),
    /** SHA-256, hexadecimal. */
    digest: z.string(),
    at: Timestamp,
  }),
])
export type Grant = z.infer<typeof Grant>

export const trust = {
  list: procedure.output(z.array(Grant)),
  /** Connections that depend on it are closed. */
  revoke: procedure.input(z.strictObject({ id: z.string().max(100) })).output(z.strictObject({})),
  /** The helm on the PATH. Nothing runs for it. Fails with HELM_MISSING or HELM_UNPROTECTED. */
  helm: procedure.output(ProgramConsent),
  /** Fails with CONSENT_STALE if it is not the helm that was shown, and with NOT_CONFIRMED. */
  allowHelm: procedure.input(z.strictObject({ consentId: z.string().max(100) })).output(z.strictObject({})),
}

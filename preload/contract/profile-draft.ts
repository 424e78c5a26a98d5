import { z } from 'zod'
import { procedure } from './problem.ts'
import { ProfileEntry, ProfileFault } from './profiles.ts'
import { JsonObject, Slug } from './words.ts'

/** Where something was found, and what is written there. Without hidden characters. */
const Evidence = z.strictObject({ place: z.string(), text: z.string() })

/** A part of a profile that Hangar proposes. The person accepts, edits or skips it. */
export const DraftRow = z.strictObject({
  /** KIND:NAME */
  id: z.string(),
  kind: z.literal(['setting', 'requirement', 'release', 'component', 'credential', 'endpoint', 'logSource']),
  /** One line. */
  title: z.string(),
  /** `sure`: written in the files. `likely`: follows from them by a convention. `guess`: neither. */
  confidence: z.literal(['sure', 'likely', 'guess']),
  evidence: z.array(Evidence),
  /** The entry of the profile. Of a setting: its name and its schema. Of a requirement: fields of `requirements`. */
  entry: JsonObject,
})
export type DraftRow = z.infer<typeof DraftRow>

export const ProfileDraft = z.strictObject({
  draftId: z.uuid(),
  name: Slug,
  /** In the order of a profile. */
  rows: z.array(DraftRow),
  /** What of the files has no effect on the draft, and why. */
  unread: z.array(z.strictObject({ place: z.string(), text: z.string(), why: z.string() })),
})
export type ProfileDraft = z.infer<typeof ProfileDraft>

/** What a newer draft changes in a profile. */
export const DraftChange = z.strictObject({
  /** Id of the row. */
  row: z.string(),
  title: z.string(),
  /** `missing`: the vendor's files no longer show the entry. People may have added it themselves. */
  kind: z.literal(['added', 'changed', 'missing']),
  confidence: DraftRow.shape.confidence,
  evidence: z.array(Evidence),
  /** Of a change; without hidden characters, and shortened. */
  fields: z.array(z.strictObject({ field: z.string(), before: z.string(), after: z.string() })),
})
export type DraftChange = z.infer<typeof DraftChange>

/** `confirmed`: a person has checked it. `kept`: it is marked in the profile as unconfirmed. `skipped`: it is left out. */
const Decision = z.strictObject({
  row: z.string(),
  as: z.literal(['confirmed', 'kept', 'skipped']),
  /** Replaces the entry. */
  entry: JsonObject.optional(),
})
export type DraftDecision = z.infer<typeof Decision>

/** Files of a vendor: 32 MB, in base64. */
const contentLimit = 48_000_000
const filesLimit = 5_000

/** Relative and without "..": a name for messages, never opened. */
const relativePath = /^(?!\/|[A-Za-z]:)(?!(?:.*\/)?\.\.(?:\/|$))[^\\\p{Cc}]+$/u

/** A cluster whose releases are read from helm's records. */
const DraftCluster = z.strictObject({
  contextId: z.string(),
  /** Where releases are searched; empty: in all namespaces. */
  namespaces: z.array(Slug).max(200),
})
export type DraftCluster = z.infer<typeof DraftCluster>

const VendorFile = z.strictObject({
  path: z.string().max(500).regex(relativePath, 'a relative path with "/"'),
  /** Base64. */
  content: z.base64().max(contentLimit),
})

export const profileDrafts = {
  /**
   * Proposes a profile from the files of a vendor: charts (folder or .tgz), values, a helmfile, the helm commands of a script and
   * lists of hosts; and from the releases of a cluster. Nothing of them is run; charts are rendered by helm without access to a
   * cluster or the network.
   */
  create: procedure
    .input(
      z
        .strictObject({ name: Slug, files: z.array(VendorFile).max(filesLimit), cluster: DraftCluster.optional() })
        .refine(({ files, cluster }) => files.length > 0 || cluster !== undefined, 'files or a cluster'),
    )
    .output(ProfileDraft),
  /**
   * Writes the profile and its charts. Rows without a decision are kept. A profile that is not valid is refused with its faults.
   * `folder`: an empty folder for it, which only the terminal can name; else it becomes an own profile.
   */
  save: procedure
    .input(
      z.strictObject({
        draftId: z.uuid(),
        title: z.string().min(1).max(200).optional(),
        decisions: z.array(Decision).max(20_000),
        folder: z.string().optional(),
      }),
    )
    .output(
      z.strictObject({
        /** Absent if the profile is not valid: then nothing was written. */
        profile: ProfileEntry.optional(),
        faults: z.array(ProfileFault),
        unconfirmed: z.int(),
        /** Ids of rows that were left out because they need what was skipped. */
        omitted: z.array(z.string()),
      }),
    ),
  /** What the draft changes in the own profile of its name: its entries, and the charts of its releases. */
  compare: procedure
    .input(z.strictObject({ draftId: z.uuid() }))
    .output(z.strictObject({ changes: z.array(DraftChange) })),
  /** Changes the own profile. `rows`: of the changes that the person accepts. Everything else in its text stays, with comments. */
  update: procedure
    .input(z.strictObject({ draftId: z.uuid(), rows: z.array(z.string().max(300)).max(20_000) }))
    .output(z.strictObject({ profile: ProfileEntry })),
}

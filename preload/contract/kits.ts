import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './problem.ts'
import { ProfileEntry } from './profiles.ts'
import { Slug } from './words.ts'

/** A kit that a page has sent, or sends. Hangar keeps it until it is removed, or for a day. */
export const ReceivedKit = z.strictObject({
  id: z.uuid(),
  /** Of the user's file, without its folder. For messages; never opened. */
  name: z.string(),
  bytes: z.int(),
  /** Bytes that have arrived. */
  received: z.int(),
})
export type ReceivedKit = z.infer<typeof ReceivedKit>

/** What the signed manifest of a kit lists. */
export const KitContent = z.strictObject({
  profile: Slug,
  title: z.string(),
  /** SHA-256 of the manifest. */
  digest: z.string(),
  /** Name of the key that signed it. */
  key: z.string(),
  bytes: z.number(),
  /** Empty: all that the images have. */
  platforms: z.array(z.string()),
  releases: z.array(
    z.strictObject({ release: z.string(), chart: z.string(), version: z.string(), digest: z.string() }),
  ),
  images: z.array(z.strictObject({ reference: z.string(), digest: z.string() })),
  /** How many files with certificates of authorities it has. */
  certificates: z.int(),
})
export type KitContent = z.infer<typeof KitContent>

/** `verify` comes first in each action: a kit is used only as it was signed. `done` and `total` are bytes. */
const Progress = z.strictObject({
  kind: z.literal('progress'),
  phase: z.literal(['verify', 'push']),
  done: z.number(),
  total: z.number(),
})
/** Something of the kit, and where it is now. */
const Pushed = z.strictObject({ from: z.string(), to: z.string() })

const KitId = z.strictObject({ id: z.uuid() })
const Signed = KitId.extend({
  /** The text of the team's public key (minisign). */
  key: z.string().min(1).max(2_000),
})
const Destination = {
  /** `registry.example.com:5000/path` */
  registry: z.string().min(1).max(500),
  /** Without TLS. */
  plainHttp: z.boolean().default(false),
}

/** The largest kit: 100 GiB and its headers. */
const sizeLimitBytes = 101 * 1_073_741_824
/** Of a part, in base64: a message of the browser host has 16 MiB at most. */
const partLimit = 8_000_000

export const kits = {
  /** Those of this process. */
  list: procedure.output(z.array(ReceivedKit)),
  /** Announces a kit, whose content follows in parts. Throws INPUT_INVALID beyond the limit of kits. */
  begin: procedure
    .input(z.strictObject({ name: z.string().min(1).max(255), bytes: z.int().min(1).max(sizeLimitBytes) }))
    .output(ReceivedKit),
  /** The next part. Throws INPUT_INVALID if it is not the next one, or more than was announced. */
  append: procedure
    .input(KitId.extend({ offset: z.int().min(0), content: z.base64().min(1).max(partLimit) }))
    .output(ReceivedKit),
  remove: procedure.input(KitId).output(z.strictObject({})),
  /** Reads every byte of the kit. Throws KIT_*. An abort ends it. */
  verify: procedure
    .input(Signed)
    .output(eventIterator(z.union([Progress, z.strictObject({ kind: z.literal('verified'), content: KitContent })]))),
  /** Verifies the kit, then pushes it. Throws KIT_*, REGISTRY_*. An abort ends it; what was sent stays, and is not sent again. */
  push: procedure
    .input(
      Signed.extend({
        ...Destination,
        /** Certificates (PEM) that are trusted beside those of the system; empty: none. */
        ca: z.string().max(100_000).default(''),
        login: z.strictObject({ username: z.string().min(1).max(500), password: z.string().max(10_000) }).optional(),
        /** The plane whose stored logins of registries are used. */
        planeId: z.uuid().optional(),
      }),
    )
    .output(
      eventIterator(z.union([Progress, z.strictObject({ kind: z.literal('pushed'), references: z.array(Pushed) })])),
    ),
  /** Verifies the kit, then makes an own profile of it. Throws KIT_*, PROFILE_INVALID, INPUT_INVALID. */
  import: procedure
    .input(
      Signed.extend({
        ...Destination,
        name: Slug,
        /** Replaces the own profile of that name; its planes then ask for an approval. */
        replace: z.boolean().default(false),
      }),
    )
    .output(
      eventIterator(
        z.union([
          Progress,
          z.strictObject({ kind: z.literal('imported'), profile: ProfileEntry.pick({ name: true }) }),
        ]),
      ),
    ),
}

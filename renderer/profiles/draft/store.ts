import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { DraftChange, ProfileDraft } from '../../../preload/contract/profile-draft.ts'
import type { ProfileFault } from '../../../preload/contract/profiles.ts'
import { base64Of } from '../../lib/base64.ts'
import type { Client } from '../../lib/client.ts'
import { attempt } from '../../lib/outcome.ts'
import { type ChosenFile, type FileRefusal, nameFrom, withChosen } from './files.ts'
import {
  type Decision,
  type Decisions,
  decisionsFor,
  type Edits,
  type FieldName,
  nextUndecided,
  type ReviewRow,
  rowsOfChanges,
  rowsOfDraft,
  type Shown,
  visibleRows,
} from './review.ts'

/** A file that the user chose in a dialog of the browser. */
interface VendorFile extends ChosenFile {
  readonly file: Blob
}

interface ChosenCluster {
  /** Undefined: none is chosen yet. */
  readonly contextId: string | undefined
  /** As typed. */
  readonly namespaces: string
}

interface VendorDraftState {
  /** Of the profile. */
  readonly name: string
  readonly files: readonly VendorFile[]
  /** The cluster whose releases are read, too. */
  readonly cluster: ChosenCluster | undefined
  readonly refused: readonly { readonly path: string; readonly why: FileRefusal | 'unreadable' }[]
  readonly working: 'proposing' | 'saving' | undefined
  readonly problem: ProblemReport | undefined
  readonly draft: ProfileDraft | undefined
  /** Of an update. */
  readonly changes: readonly DraftChange[] | undefined
  readonly rows: readonly ReviewRow[]
  readonly decisions: Decisions
  readonly edits: Edits
  readonly shown: Shown | 'unread'
  readonly selected: string | undefined
  /** Why the profile would not be valid. */
  readonly faults: readonly ProfileFault[]
  setName(name: string): void
  choose(files: readonly VendorFile[]): void
  removeFiles(): void
  /** Undefined: no cluster is read. */
  setCluster(cluster: ChosenCluster | undefined): void
  propose(): Promise<void>
  cancel(): void
  /** Back to the files; decisions are kept for the rows of the next proposal. */
  reopenFiles(): void
  show(shown: VendorDraftState['shown']): void
  select(id: string | undefined): void
  /** Decides about a row, and selects the next without a decision. */
  decide(id: string, decision: Decision): void
  decideAll(ids: readonly string[], decision: Decision): void
  undecide(id: string): void
  edit(id: string, field: FieldName, text: string): void
  /** The saved profile; undefined if it was not saved. */
  save(): Promise<SavedDraft | undefined>
}

export interface SavedDraft {
  readonly name: string
  /** Entries that are marked in the text. */
  readonly unconfirmed: number
  /** Ids of rows that need what was left out. */
  readonly omitted: readonly string[]
}

export type VendorDraftStore = StoreApi<VendorDraftState>

const empty = {
  name: '',
  files: [],
  cluster: undefined,
  refused: [],
  working: undefined,
  problem: undefined,
  draft: undefined,
  changes: undefined,
  rows: [],
  decisions: {},
  edits: {},
  shown: 'all',
  selected: undefined,
  faults: [],
} as const satisfies Partial<VendorDraftState>

export type VendorDrafts = (profile: string | undefined) => VendorDraftStore

/** One review for a new profile, and one for each profile that is updated: they survive a change of the view. */
export function createVendorDrafts(client: Pick<Client, 'profileDrafts'>): VendorDrafts {
  const stores = new Map<string | undefined, VendorDraftStore>()
  return (profile) => {
    const store = stores.get(profile) ?? createVendorDraftStore(client, profile)
    stores.set(profile, store)
    return store
  }
}

/** `profile`: the own profile that is updated. */
const createVendorDraftStore = (
  { profileDrafts }: Pick<Client, 'profileDrafts'>,
  profile: string | undefined,
): VendorDraftStore =>
  createStore<VendorDraftState>()((set, get) => {
    let running: AbortController | undefined
    const initial = { ...empty, name: profile ?? '' }

    async function propose(signal: AbortSignal): Promise<Partial<VendorDraftState>> {
      const { name, files, cluster: chosen } = get()
      const read = await Promise.all(files.map(withContent))
      const unreadable = read.filter((each) => typeof each === 'string')
      if (unreadable.length > 0)
        return {
          refused: unreadable.map((path) => ({ path, why: 'unreadable' })),
          files: files.filter(({ path }) => !unreadable.includes(path)),
        }
      const contents = read.filter((each) => typeof each !== 'string')
      const cluster =
        chosen?.contextId === undefined
          ? undefined
          : { contextId: chosen.contextId, namespaces: namespacesIn(chosen.namespaces) }
      const proposed = await attempt(() => profileDrafts.create({ name, files: contents, cluster }, { signal }))
      if (!proposed.ok) return { problem: proposed.problem }
      const draft = proposed.value
      const { draftId } = draft
      if (profile === undefined) return { draft, rows: rowsOfDraft(draft.rows) }
      const compared = await attempt(() => profileDrafts.compare({ draftId }))
      if (!compared.ok) return { problem: compared.problem }
      const { changes } = compared.value
      return { draft, changes, rows: rowsOfChanges(changes, draft.rows) }
    }

    async function save(draftId: string): Promise<SavedDraft | undefined> {
      const { rows, decisions, edits } = get()
      if (profile !== undefined) {
        const accepted = rows.filter(({ id }) => decisions[id] === 'confirmed').map(({ id }) => id)
        const updated = await attempt(() => profileDrafts.update({ draftId, rows: accepted }))
        if (updated.ok) return { name: updated.value.profile.name, unconfirmed: 0, omitted: [] }
        set({ problem: updated.problem })
        return undefined
      }
      const saved = await attempt(() =>
        profileDrafts.save({ draftId, decisions: decisionsFor(rows, decisions, edits) }),
      )
      if (!saved.ok) {
        set({ problem: saved.problem })
        return undefined
      }
      const { profile: entry, faults, unconfirmed, omitted } = saved.value
      if (entry === undefined) {
        set({ faults })
        return undefined
      }
      return { name: entry.name, unconfirmed, omitted }
    }

    return {
      ...initial,
      setName: (name) => set({ name }),
      choose(chosen) {
        const { files, refused } = withChosen(get().files, chosen)
        const [first] = files
        const name = get().name === '' && first !== undefined ? nameFrom(first.path) : get().name
        set({ files, refused, name, problem: undefined })
      },
      setCluster: (cluster) => set({ cluster, problem: undefined }),
      removeFiles: () => set({ files: [], refused: [], problem: undefined }),
      async propose() {
        running?.abort()
        const own = new AbortController()
        running = own
        set({ working: 'proposing', problem: undefined, refused: [], faults: [] })
        const proposed = await propose(own.signal)
        if (own.signal.aborted) return
        set({ ...proposed, working: undefined })
        const { rows, decisions } = get()
        const known = new Set(rows.map(({ id }) => id))
        // What was decided stays decided in a second proposal.
        const kept = Object.fromEntries(Object.entries(decisions).filter(([id]) => known.has(id)))
        set({ decisions: kept, selected: rows.find(({ id }) => kept[id] === undefined)?.id ?? rows[0]?.id })
      },
      cancel() {
        running?.abort()
        set({ working: undefined })
      },
      reopenFiles: () => set({ draft: undefined, changes: undefined, rows: [], faults: [], problem: undefined }),
      show(shown) {
        const { rows, decisions, selected } = get()
        const visible = shown === 'unread' ? rows : visibleRows(rows, decisions, shown)
        set({ shown, selected: visible.some(({ id }) => id === selected) ? selected : visible[0]?.id })
      },
      select: (selected) => set({ selected }),
      decide(id, decision) {
        const { rows, decisions: before } = get()
        const decisions = { ...before, [id]: decision }
        set({ decisions, faults: [], selected: nextUndecided(rows, id, decisions) ?? id })
      },
      decideAll(ids, decision) {
        const { rows, decisions: before, selected } = get()
        const decisions = { ...before, ...Object.fromEntries(ids.map((id) => [id, decision])) }
        const stays = selected !== undefined && decisions[selected] === undefined
        const next = stays ? selected : nextUndecided(rows, selected ?? '', decisions)
        set({ decisions, faults: [], selected: next ?? selected })
      },
      undecide(id) {
        const { [id]: _, ...decisions } = get().decisions
        set({ decisions, faults: [] })
      },
      edit(id, field, text) {
        const { edits } = get()
        set({ edits: { ...edits, [id]: { ...edits[id], [field]: text } }, faults: [] })
      },
      async save() {
        const { draft, working } = get()
        if (draft === undefined || working !== undefined) return undefined
        set({ working: 'saving', problem: undefined, faults: [] })
        const saved = await save(draft.draftId)
        set(saved === undefined ? { working: undefined } : initial)
        return saved
      },
    }
  })

/** The names in a list with commas. */
export const namespacesIn = (text: string): string[] => text.split(/[\s,]+/).filter((name) => name !== '')

/** The file with its content in base64; only its path if it cannot be read. */
const withContent = ({ path, file }: VendorFile): Promise<{ path: string; content: string } | string> =>
  base64Of(file).then(
    (content) => ({ path, content }),
    () => path,
  )

import { type Cause, causes } from '../../../main/connectivity/probe/causes.ts'
import type { Issued } from '../../peers/authority.ts'

/** A row as a file would give it; absent: an HTTPS row at `far.hangar.test` that trusts the test authority. */
export type Given = Readonly<Record<string, unknown>>

/** What was put up for a case, and the row that leads to it. */
export interface Scene {
  readonly row: Given
  /** Address of the DNS server that the row is looked up with; absent: one that knows the far end's name. `system`: the scene's own. */
  readonly resolver?: string
  /** The environment of the component: proxy settings. */
  readonly env?: Readonly<Record<string, string>>
  /** What the row's `clientCertificate` stands for; absent: nothing is stored. */
  readonly credential?: Issued
  /** What every program that looks at this scene is started by: it puts it into the scene's own network, or under its limits. */
  readonly inside?: readonly string[]
  /** For how long connections that are meant to last are held. */
  readonly holdSeconds?: number
  /** How many files the check may still open; only where it runs as a program (`inside`). */
  readonly filesLeft?: number
}

/** What a case needs of the machine beyond Node. */
export type Need = 'ipv6' | 'deaf' | 'network' | 'squid' | 'mitmdump' | 'rabbitmq'

/** One thing that can be out there, and what must be said of it. */
export interface Case {
  /** What is there, as a sentence goes on: "is said of …". */
  readonly name: string
  /** `verdict cause`. */
  readonly says: string
  /** Empty: all is well. */
  readonly cause: Cause | ''
  /** Causes that this is a near miss of: it looks like one of them and must not be called so. */
  readonly near: readonly Cause[]
  /** Whether the component could do its work with what is there: what a verdict is measured by. */
  readonly works: boolean
  readonly needs: readonly Need[]
  readonly scene: () => Promise<Scene>
}

interface More {
  readonly near?: readonly Cause[]
  readonly works?: boolean
  readonly needs?: readonly Need[]
}

/** A case that has a cause. Whether the component works follows from the cause's verdict, unless the case says otherwise. */
export function fault(cause: Cause, name: string, scene: Case['scene'], more: More = {}): Case {
  const { verdict } = causes[cause]
  const works = verdict === 'pass' || verdict === 'warn'
  return { name, says: `${verdict} ${cause}`, cause, near: [], works, needs: [], scene, ...more }
}

/** A far end that looks like one of the causes, and is well. */
export function fine(near: readonly Cause[], name: string, scene: Case['scene'], more: More = {}): Case {
  return { name, says: 'pass', cause: '', near, works: true, needs: [], scene, ...more }
}

/** Whether it starts programs, or a network of its own: those take seconds of a processor each. */
export const isHeavy = ({ needs }: Case): boolean => needs.some((need) => need !== 'ipv6' && need !== 'deaf')

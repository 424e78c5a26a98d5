import type { Plane } from '../../preload/contract/planes.ts'
import { canInstall } from '../planes/phase.ts'
import { type PlaneTab, planeTabs, recordedTabs } from './address.ts'

/** The views of a plane: one that others installed has no Install. */
export const tabsOf = (plane: Pick<Plane, 'installedBy' | 'recordedAt'>): readonly PlaneTab[] =>
  plane.recordedAt === undefined ? planeTabs.filter((tab) => tab !== 'install' || canInstall(plane)) : recordedTabs

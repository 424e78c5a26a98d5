import type { Plane } from '../../preload/contract/planes.ts'
import { canInstall } from '../planes/phase.ts'
import { type PlaneTab, planeTabs, recordedTabs } from './address.ts'

type Kind = Pick<Plane, 'installedBy' | 'recordedAt'>

/** The views of a plane: one that others installed has no installation. */
export const viewsOf = (plane: Kind): readonly PlaneTab[] =>
  plane.recordedAt === undefined ? planeTabs.filter((tab) => tab !== 'install' || canInstall(plane)) : recordedTabs

/** Those with a tab: the installation is a page of its own. */
export const tabsOf = (plane: Kind): readonly PlaneTab[] => viewsOf(plane).filter((tab) => tab !== 'install')

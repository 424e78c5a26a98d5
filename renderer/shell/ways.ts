import type { Icon } from '@tabler/icons-react'
import { recordedPlaneId } from '../../preload/recorded-plane.ts'
import { IconEye, IconPlug, IconPlus, IconRoute } from '../ui/icons.ts'
import type { Place } from './address.ts'

/** What Hangar can do before it knows a plane, in the order in which Home offers it. */
export const ways = [
  { id: 'install', icon: IconPlus, place: { view: 'new-plane' } },
  { id: 'connect', icon: IconPlug, place: { view: 'connect' } },
  { id: 'check', icon: IconRoute, place: { view: 'check' } },
  { id: 'look', icon: IconEye, place: { view: 'plane', planeId: recordedPlaneId, tab: 'overview' } },
] as const satisfies readonly { readonly id: string; readonly icon: Icon; readonly place: Place }[]

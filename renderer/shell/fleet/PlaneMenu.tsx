import { ActionIcon, Menu } from '@mantine/core'
import type { Plane } from '../../../preload/contract/planes.ts'
import { t } from '../../strings/t.ts'
import { IconDots } from '../../ui/icons.ts'
import type { Reason } from './standing.ts'

export interface PlaneActions {
  open(planeId: string, place: Reason['place']): void
  check(planeId: string): void
  pin(planeId: string, pinned: boolean): void
  edit(plane: Plane): void
}

export function PlaneMenu({ plane, actions }: { readonly plane: Plane; readonly actions: PlaneActions }) {
  const pinned = plane.pinned === true
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('fleet.menu.of', { plane: plane.name })}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => actions.check(plane.id)}>{t('fleet.menu.check')}</Menu.Item>
        <Menu.Item onClick={() => actions.pin(plane.id, !pinned)}>
          {t(pinned ? 'fleet.menu.unpin' : 'fleet.menu.pin')}
        </Menu.Item>
        <Menu.Item onClick={() => actions.edit(plane)}>{t('fleet.menu.edit')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

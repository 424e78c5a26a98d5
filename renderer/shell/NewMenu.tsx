import { Button, Menu } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { IconChevronDown } from '../ui/icons.ts'
import classes from './NewMenu.module.css'
import { useSession } from './sessionContext.ts'
import { ways } from './ways.ts'

/** The ways of the first start, once there are planes. */
export function NewMenu() {
  const session = useSession()
  const go = useStore(session.route, (state) => state.go)
  return (
    <Menu position="bottom-end" shadow="md" width={320}>
      <Menu.Target>
        <Button rightSection={<IconChevronDown size={14} aria-hidden />}>{t('shell.new')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ways.map(({ id, icon: WayIcon, place }) => (
          <Menu.Item key={id} leftSection={<WayIcon size={16} aria-hidden />} onClick={() => go(place)}>
            {t(`shell.home.offer.${id}.title`)}
            <span className={classes.details}>{t(`shell.home.offer.${id}.details`)}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

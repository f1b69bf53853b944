import { Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconLogout from '@tabler/icons-react/dist/esm/icons/IconLogout.mjs'
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs'
import IconUser from '@tabler/icons-react/dist/esm/icons/IconUser.mjs'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Link, NavLink, useLocation, useNavigate } from 'react-router'
import { answerOf, api } from '../api/client.ts'
import { chooseAccount, signedOut, useMe } from '../api/me.ts'
import { LiveState } from '../pieces/LiveState.tsx'
import { navigationOf, PAGES } from './registry.ts'
import icon from './icon.svg'
import classes from './Shell.module.css'

/** The portal's name, and the way home. */
export function Brand({ onGo }: { readonly onGo?: () => void }) {
  return (
    <Link to="/" className={classes['brand']} onClick={onGo}>
      <img src={icon} alt="" width={26} height={26} />
      Diorama
    </Link>
  )
}

/** The pages of who is signed in, the account they are in, and they themselves. */
export function Navigation({ onGo }: { readonly onGo?: () => void }) {
  const { permissions } = useMe()
  const list = useSightOfCurrent()
  return (
    <div className={classes['navigation']}>
      <Brand {...(onGo && { onGo })} />
      <div className={classes['top']}>
        <AccountSwitcher />
      </div>
      <nav ref={list} className={classes['sections']} aria-label="Portal">
        {navigationOf(PAGES, permissions).map(({ section, pages }) => (
          <div key={section}>
            <Text component="h2" className={classes['section']}>
              {section}
            </Text>
            <ul className={classes['list']}>
              {pages.map(({ path, title, nav: { icon: Shown } }) => (
                <li key={path}>
                  <NavLink
                    to={path}
                    end={path === '/'}
                    className={classes['link'] ?? ''}
                    onClick={onGo}
                  >
                    <Shown size={18} stroke={1.7} />
                    {title}
                  </NavLink>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className={classes['bottom']}>
        <LiveState />
        <PersonMenu />
      </div>
    </div>
  )
}

/** Keeps the page that is shown in sight where the window is too low for the whole list. */
function useSightOfCurrent() {
  const list = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  useEffect(() => {
    list.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest' })
  }, [pathname])
  return list
}

function AccountSwitcher() {
  const { account, accounts } = useMe()
  const shown = (
    <span className={classes['who']}>
      <span>{account.name}</span>
      <span>{account.role}</span>
    </span>
  )
  if (accounts.length === 1) return <div className={classes['account']}>{shown}</div>
  return (
    <Menu width="target" position="bottom-start">
      <Menu.Target>
        <UnstyledButton
          className={classes['account']}
          aria-label={`Account ${account.name}: change`}
        >
          {shown}
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Accounts</Menu.Label>
        {accounts.map(({ id, name, role }) => (
          <Menu.Item
            key={id}
            onClick={() => {
              chooseAccount(id)
            }}
            rightSection={id === account.id ? <IconCheck size={16} aria-label="chosen" /> : role}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function PersonMenu() {
  const { person } = useMe()
  const navigate = useNavigate()
  const client = useQueryClient()
  const leave = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/sign-out')),
    onSettled: () => {
      signedOut(client)
      void navigate('/sign-in')
    },
  })
  return (
    <Menu position="top-start" width={224} closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton className={classes['person']}>
          <IconUser size={18} stroke={1.7} aria-hidden />
          <span className={classes['who']}>
            <span>{person.name}</span>
            <span>{person.email}</span>
          </span>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/profile" leftSection={<IconUser size={16} />}>
          Profile
        </Menu.Item>
        <Menu.Label>Colours</Menu.Label>
        <ThemeSwitch />
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} />}
          onClick={() => {
            leave.mutate()
          }}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

const SCHEMES = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'auto', label: 'System' },
] as const

/** Chooses the colours; the choice is kept in this browser. */
export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      aria-label="Colours"
      data={[...SCHEMES]}
      value={colorScheme}
      onChange={setColorScheme}
    />
  )
}

import { useState } from 'react'

import { World } from './World.tsx'

/** Shows the world until it is put away: a component that is taken down ends its session. */
export function App() {
  const [shown, setShown] = useState(true)
  return (
    <>
      {shown && <World />}
      <button
        onClick={() => {
          setShown(!shown)
        }}
      >
        {shown ? 'Put away' : 'Bring back'}
      </button>
    </>
  )
}

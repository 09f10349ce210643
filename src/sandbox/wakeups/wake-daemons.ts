import type { DaemonRecord } from '../model/daemon-records.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';

/** Wakes a daemon, shortly or at the given time; an earlier pending wake-up stays. */
export function wakeDaemon(world: World, daemon: DaemonRecord, at?: number): void {
  const time = at ?? world.clock.now() + world.timings.schedulerReaction;
  if (daemon.wake?.run !== undefined) {
    if (daemon.wake.time <= time) return;
    world.clock.cancel(daemon.wake);
  }
  daemon.wake = world.clock.at(time, look, world, daemon);
}

const look = dueAction('daemon.reconcile', (world: World, daemon: DaemonRecord) => {
  daemon.wake = undefined;
  world.reconcileDaemon(daemon);
});

/** Wakes the daemons that watch a changed alarm. */
export function wakeDaemonsWatching(world: World, alarm: string): void {
  for (const daemon of world.daemons.values()) {
    if (daemon.configuration.alarms?.alarmNames?.includes(alarm)) wakeDaemon(world, daemon);
  }
}

/** The policies that `POLICIES=roles` stands for: four roles, each with the rights of the one before. */
export const READY_MADE = `@id("viewer")
permit (principal in Ecs::Role::"viewer", action in Ecs::Action::"read", resource);

@id("operator")
permit (principal in Ecs::Role::"operator", action in [Ecs::Action::"read", Ecs::Action::"operate"], resource);

@id("operator-restarts-and-scales")
permit (principal in Ecs::Role::"operator", action == Ecs::Action::"UpdateService", resource)
when { ["cluster", "service", "desiredCount", "forceNewDeployment"].containsAll(context.fields) };

@id("deployer")
permit (
  principal in Ecs::Role::"deployer",
  action in [Ecs::Action::"read", Ecs::Action::"operate", Ecs::Action::"deploy"],
  resource
);

@id("admin")
permit (principal in Ecs::Role::"admin", action, resource);
`;

# Sends the events of ECS in this account and Region to the account of an ecs-graphql gateway, in the same Region.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "name" {
  type        = string
  default     = "ecs-graphql-member"
  description = "The beginning of all names."
}

variable "hub_bus_arn" {
  type        = string
  description = "ARN of the default event bus of the account with the module `queue`, which names this account in member_accounts."
}

resource "aws_iam_role" "delivery" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "delivery" {
  name = "deliver"
  role = aws_iam_role.delivery.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = var.hub_bus_arn
    }]
  })
}

resource "aws_cloudwatch_event_rule" "changes" {
  name        = "${var.name}-changes"
  description = "Changes of tasks, container instances, services and deployments"
  event_pattern = jsonencode({
    source = ["aws.ecs"]
    detail-type = [
      "ECS Task State Change",
      "ECS Container Instance State Change",
      "ECS Service Action",
      "ECS Deployment State Change",
    ]
  })
}

resource "aws_cloudwatch_event_target" "changes" {
  rule      = aws_cloudwatch_event_rule.changes.name
  target_id = "hub"
  arn       = var.hub_bus_arn
  role_arn  = aws_iam_role.delivery.arn
}

# Without it, a quiet account and a broken rule look the same.
resource "aws_cloudwatch_event_rule" "heartbeat" {
  name                = "${var.name}-heartbeat"
  description         = "Shows the gateway that the events of this account arrive"
  schedule_expression = "rate(1 minute)"
}

resource "aws_cloudwatch_event_target" "heartbeat" {
  rule      = aws_cloudwatch_event_rule.heartbeat.name
  target_id = "hub"
  arn       = var.hub_bus_arn
  role_arn  = aws_iam_role.delivery.arn
}

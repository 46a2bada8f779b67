"""The app of this project: the stacks of deployment.toml, and yours."""

from bedrock_deployment_kit.app import main

# A stack of your own: uncomment this, and give it to main().
# from stacks.website import WebsiteStack
#
#
# def own_stacks(app, config, environment):
#     """Called after the kit's stacks were added; `config` has the settings of deployment.toml by their names."""
#     api = app.node.find_child(f"{config.deployment.name}-inference-api").node.find_child("InferenceApi")
#     WebsiteStack(app, f"{config.deployment.name}-website", api=api, env=environment)


if __name__ == "__main__":
    main()  # or main(own_stacks)
